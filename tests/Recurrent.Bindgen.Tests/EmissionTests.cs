using Recurrent.Bindgen.Emit;

namespace Recurrent.Bindgen.Tests;

/// <summary>What the files of a small header say.</summary>
public sealed class EmissionTests
{
    private const string Text = """
        #ifndef RECURRENT_TEST_H_
        #define RECURRENT_TEST_H_
        #include <stdint.h>
        #define RECURRENT_API __attribute__((visibility("default")))

        /** Largest `n`, see ::recurrent_color. */
        #define RECURRENT_MAX_COUNT 0x10

        /** A color, `a < b && c`. */
        typedef enum recurrent_color {
          /** Unknown. */
          RECURRENT_COLOR_NONE = -1,
          /** Deep red. */
          RECURRENT_COLOR_DEEP_RED = 2
        } recurrent_color;

        /** A brush. */
        typedef struct recurrent_brush recurrent_brush;

        /** Paint. */
        typedef struct recurrent_paint {
          /** `sizeof(recurrent_paint)` */
          uint32_t struct_size;
          /** A ::recurrent_color. */
          int32_t color;
          /** `[n]` */
          const float *values;
          /** Label. */
          const char *label;
          /** More. */
          const struct recurrent_paint *next;
        } recurrent_paint;

        /**
         * @brief Takes a brush, as recurrent_put() gives it back.
         *
         * First remark.
         *
         * Second remark about `out`.
         *
         * @param paint Paint, up to ::RECURRENT_MAX_COUNT.
         * @param out Receives the brush.
         * @param first_row A row;
         *   and a second line.
         * @return ::RECURRENT_COLOR_DEEP_RED.
         */
        RECURRENT_API recurrent_color recurrent_take(const recurrent_paint *paint, recurrent_brush **out,
                                                     int64_t first_row);

        /**
         * @brief Puts a brush back.
         * @param brush A brush.
         */
        RECURRENT_API void recurrent_put(recurrent_brush *brush);
        #endif

        """;

    [Fact]
    public void Functions_become_blittable_imports_with_the_documentation_of_the_header()
    {
        string methods = Generate("NativeMethods");

        Assert.Contains(
            """
                /// <summary>Takes a brush, as <see cref="NativeMethods.Put"/> gives it back.</summary>
                /// <remarks>
                /// <para>First remark.</para>
                /// <para>Second remark about <paramref name="out"/>.</para>
                /// </remarks>
                /// <param name="paint">Paint, up to <see cref="NativeConstants.MaxCount"/>.</param>
                /// <param name="out">Receives the brush.</param>
                /// <param name="firstRow">A row; and a second line.</param>
                /// <returns><see cref="NativeColor.DeepRed"/>.</returns>
                [DllImport(Library, EntryPoint = "recurrent_take", ExactSpelling = true,
                    CallingConvention = CallingConvention.Cdecl)]
                internal static extern NativeColor Take(NativePaint* paint, nint* @out, long firstRow);
            """,
            methods,
            StringComparison.Ordinal);
        Assert.Contains("internal static extern void Put(nint brush);", methods, StringComparison.Ordinal);
    }

    [Fact]
    public void Enumerators_lose_what_all_of_their_enum_share()
    {
        string enums = Generate("NativeEnums");

        Assert.Contains(
            """
            /// <summary>A color, <c>a &lt; b &amp;&amp; c</c>.</summary>
            internal enum NativeColor
            {
                /// <summary>Unknown.</summary>
                None = -1,

                /// <summary>Deep red.</summary>
                DeepRed = 2,
            }
            """,
            enums,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Structs_keep_the_order_of_their_fields_and_set_their_size()
    {
        string structs = Generate("NativeStructs");

        string[] fields = structs.Split('\n')
            .Select(line => line.Trim())
            .Where(line => line.StartsWith("public ", StringComparison.Ordinal))
            .ToArray();
        Assert.Equal(
            [
                "public uint StructSize;",
                "public int Color;",
                "public float* Values;",
                "public byte* Label;",
                "public NativePaint* Next;",
                "public NativePaint() => StructSize = (uint)sizeof(NativePaint);",
            ],
            fields);
        Assert.DoesNotContain("NativeBrush", structs, StringComparison.Ordinal);
    }

    [Fact]
    public void Constants_keep_their_value_and_documentation_and_the_guard_is_none()
    {
        string constants = Generate("NativeConstants");

        Assert.Contains(
            """
            {
                /// <summary>Largest <c>n</c>, see <see cref="NativeColor"/>.</summary>
                internal const int MaxCount = 16;
            }
            """,
            constants,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_contract_lists_struct_sizes_and_functions()
    {
        string contract = Generate("NativeContract");

        Assert.Contains(
            "new(\"recurrent_paint\", Unsafe.SizeOf<NativePaint>(), 32),", contract, StringComparison.Ordinal);
        Assert.Contains("\"recurrent_take\",\n        \"recurrent_put\",", contract, StringComparison.Ordinal);
    }

    [Fact]
    public void Layout_assertions_cover_sizes_offsets_and_values()
    {
        using Header header = new(Text);
        Assert.Equal(0, header.Run().Status);
        string asserts = header.Read(BindingEmitter.CFolder + "/abi_layout.c");

        Assert.Contains("#include <recurrent/test.h>", asserts, StringComparison.Ordinal);
        foreach (string condition in new[]
        {
            "RECURRENT_MAX_COUNT == 16", "sizeof(recurrent_color) == 4", "RECURRENT_COLOR_NONE == -1",
            "sizeof(recurrent_paint) == 32", "offsetof(recurrent_paint, label) == 16",
        })
        {
            Assert.Contains($"_Static_assert({condition}, \"{condition}\");", asserts, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Generated_text_has_line_feeds_only_and_names_no_folder_of_the_machine()
    {
        using Header header = new(Text);
        Assert.Equal(0, header.Run().Status);

        string[] files = Directory.GetFiles(header.Root, "*", SearchOption.AllDirectories);
        Assert.Equal(6, files.Length);
        foreach (string file in files)
        {
            byte[] bytes = File.ReadAllBytes(file);
            Assert.DoesNotContain((byte)'\r', bytes);
            Assert.Equal((byte)'\n', bytes[^1]);
            Assert.NotEqual(0xEF, bytes[0]);
            string text = File.ReadAllText(file);
            Assert.DoesNotContain(Path.GetTempPath(), text, StringComparison.Ordinal);
            Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 120));
        }
    }

    private static string Generate(string name)
    {
        using Header header = new(Text);
        CommandResult result = header.Run();
        Assert.Equal(string.Empty, result.Errors);
        return header.Read($"{BindingEmitter.CSharpFolder}/{name}.g.cs");
    }
}
