using System.Globalization;
using System.Runtime.InteropServices;
using Recurrent.Interop;

namespace Recurrent.Tests.Interop;

/// <summary>Each way that loading the native library fails has a message that says what to do.</summary>
public sealed class NativeLibraryLoaderTests
{
    [Fact]
    public void A_library_that_is_nowhere_is_reported_with_every_place_that_was_looked_at()
    {
        using FakeLibrary folder = new();
        NativeLibrarySearch search = folder.Search with
        {
            HostFolders = [Path.Combine(folder.Folder, "host")],
            SystemName = "recurrent-that-does-not-exist",
        };

        NativeLibraryException exception = Refused(search);

        Assert.Null(exception.LibraryPath);
        Assert.NotEmpty(search.Paths());
        Assert.All(search.Paths(), path => Assert.Contains(path, exception.Message, StringComparison.Ordinal));
        Assert.Contains("recurrent-that-does-not-exist", exception.Message, StringComparison.Ordinal);
        Assert.Contains(NativeLibrarySearch.PathVariable, exception.Message, StringComparison.Ordinal);
        Assert.Contains("build.sh", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux-musl-x64", true)]
    [InlineData("alpine.3.22-x64", true)]
    [InlineData("linux-x64", false)]
    [InlineData("debian.12-x64", false)]
    [InlineData("win-x64", false)]
    public void A_runtime_for_musl_is_told_by_its_identifier(string runtimeIdentifier, bool expected) =>
        Assert.Equal(expected, NativeLibrarySearch.IsMusl(runtimeIdentifier));

    [Fact]
    public void A_program_without_the_library_in_it_is_passed_over()
    {
        using FakeLibrary folder = new();
        NativeLibrarySearch search = folder.Search with { AsksMainProgram = true };

        Assert.Contains("was not found", Refused(search).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_forced_path_that_does_not_exist_is_reported_by_its_variable()
    {
        using FakeLibrary folder = new();
        string missing = Path.Combine(folder.Folder, "missing.so");

        NativeLibraryException exception = Refused(folder.Search with { ForcedPath = missing });

        Assert.Contains(missing, exception.Message, StringComparison.Ordinal);
        Assert.Contains(NativeLibrarySearch.PathVariable, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_forced_folder_without_the_library_is_reported_by_the_file_it_lacks()
    {
        using FakeLibrary folder = new();

        NativeLibraryException exception = Refused(new NativeLibrarySearch { ForcedPath = folder.Folder });

        Assert.Contains(folder.FilePath, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_library_is_reported_as_such()
    {
        using FakeLibrary folder = new FakeLibrary().Write("not a library at all"u8.ToArray());

        NativeLibraryException exception = Refused(folder.Search);

        Assert.Equal(folder.FilePath, exception.LibraryPath);
        Assert.Contains("is not a native library", exception.Message, StringComparison.Ordinal);
        Assert.IsType<DllNotFoundException>(exception.InnerException, exactMatch: false);
    }

    [Fact]
    public void A_library_for_another_processor_is_reported_with_both_processors()
    {
        bool isArm64 = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        using FakeLibrary folder = new FakeLibrary().Write(NativeImageTests.Elf(isArm64 ? (ushort)62 : (ushort)183));

        NativeLibraryException exception = Refused(folder.Search);

        Assert.Contains(
            $"is ELF for {(isArm64 ? Architecture.X64 : Architecture.Arm64)}",
            exception.Message,
            StringComparison.Ordinal);
        Assert.Contains(
            $"needs {NativeImage.SystemFormat} for {RuntimeInformation.ProcessArchitecture}",
            exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_lacks_another_one_is_reported_with_the_words_of_the_system()
    {
        using FakeLibrary folder = new FakeLibrary().Compile(
            """
            int recurrent_test_symbol_that_nobody_has(void);
            int recurrent_abi_version(void) { return recurrent_test_symbol_that_nobody_has(); }
            int (*const pointer)(void) = recurrent_test_symbol_that_nobody_has;
            """);

        NativeLibraryException exception = Refused(folder.Search);

        Assert.Contains("is for this platform but cannot be loaded", exception.Message, StringComparison.Ordinal);
        Assert.Contains("recurrent_test_symbol_that_nobody_has", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public void A_library_that_has_lost_its_end_is_reported_as_truncated(double part)
    {
        using FakeLibrary folder = Complete(new FakeLibrary());
        byte[] whole = File.ReadAllBytes(folder.FilePath);
        int length = (int)(part * whole.Length);
        folder.Write(whole[..length]);

        NativeLibraryException exception = Refused(folder.Search);

        Assert.Equal(folder.FilePath, exception.LibraryPath);
        Assert.Contains(
            $"is truncated: its header speaks of {whole.Length} bytes, the file has {length}",
            exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Another_library_of_the_same_name_is_reported_as_foreign()
    {
        using FakeLibrary folder = new FakeLibrary().Compile("int something_else(void) { return 1; }");

        NativeLibraryException exception = Refused(folder.Search);

        Assert.Contains("has no function recurrent_abi_version", exception.Message, StringComparison.Ordinal);
        Assert.Contains("not the native library of Recurrent", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, "Update the library")]
    [InlineData(1, "Update the package")]
    public void Another_version_of_the_interface_is_reported_with_both_versions(int difference, string remedy)
    {
        int version = NativeConstants.AbiVersion + difference;
        using FakeLibrary folder = new FakeLibrary().Compile(VersionFunction(version));

        NativeLibraryException exception = Refused(folder.Search);

        Assert.Equal(folder.FilePath, exception.LibraryPath);
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"has version {version} of the interface"),
            exception.Message,
            StringComparison.Ordinal);
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"needs version {NativeConstants.AbiVersion}"),
            exception.Message,
            StringComparison.Ordinal);
        Assert.Contains(remedy, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_function_is_named()
    {
        string functions = string.Concat(NativeContract.Functions
            .Where(name => name is not ("recurrent_abi_version" or "recurrent_session_run"))
            .Select(name => $"void {name}(void) {{}}\n"));
        using FakeLibrary folder =
            new FakeLibrary().Compile(VersionFunction(NativeConstants.AbiVersion) + functions);

        NativeLibraryException exception = Refused(folder.Search);

        Assert.Contains("no function recurrent_session_run", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_with_the_version_and_all_functions_is_accepted()
    {
        using FakeLibrary folder = Complete(new FakeLibrary());

        (nint handle, string path) = NativeLibraryLoader.Load(folder.Search);
        NativeLibrary.Free(handle);

        Assert.Equal(folder.FilePath, path);
    }

    [Fact]
    public void The_library_is_found_in_the_folder_that_a_package_has_for_this_platform()
    {
        using FakeLibrary folder = Complete(new FakeLibrary());
        string runtime = NativeLibrarySearch.RuntimeIdentifiers().Last();
        string native = Path.Combine(folder.Folder, "runtimes", runtime, "native");
        _ = Directory.CreateDirectory(native);
        string moved = Path.Combine(native, NativeLibrarySearch.FileName);
        File.Move(folder.FilePath, moved);

        (nint handle, string path) = NativeLibraryLoader.Load(folder.Search);
        NativeLibrary.Free(handle);

        Assert.Equal(moved, path);
    }

    [Fact]
    public void A_forced_path_wins_over_every_folder()
    {
        using FakeLibrary folder = new FakeLibrary().Write([1, 2, 3]);
        using FakeLibrary forced = Complete(new FakeLibrary());

        (nint handle, string path) = NativeLibraryLoader.Load(folder.Search with { ForcedPath = forced.FilePath });
        NativeLibrary.Free(handle);

        Assert.Equal(forced.FilePath, path);
    }

    // Without a separator the system's loader would look for a library of this name elsewhere.
    [Fact]
    public void A_relative_forced_path_means_the_file_of_the_working_directory_that_is_checked()
    {
        string name = $"recurrent-relative-{Guid.NewGuid():N}.so";
        string path = Path.GetFullPath(name);
        using FakeLibrary library = Complete(new FakeLibrary());
        File.Copy(library.FilePath, path);
        try
        {
            (nint handle, string loaded) = NativeLibraryLoader.Load(new NativeLibrarySearch { ForcedPath = name });
            NativeLibrary.Free(handle);

            Assert.Equal(path, loaded);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_relative_forced_folder_is_one_of_the_working_directory()
    {
        using FakeLibrary library = new();
        string folder = Path.GetRelativePath(Environment.CurrentDirectory, library.Folder);

        Assert.Equal([library.FilePath], new NativeLibrarySearch { ForcedPath = folder }.Paths());
    }

    [Fact]
    public void The_first_file_decides_even_if_a_later_one_could_be_used()
    {
        using FakeLibrary first = new FakeLibrary().Write([1, 2, 3]);
        using FakeLibrary second = Complete(new FakeLibrary());

        NativeLibraryException exception =
            Refused(new NativeLibrarySearch { Folders = [first.Folder, second.Folder] });

        Assert.Equal(first.FilePath, exception.LibraryPath);
    }

    [Fact]
    public void This_process_looks_beside_the_assembly_first()
    {
        IReadOnlyList<string> paths = (NativeLibrarySearch.ForThisProcess with { ForcedPath = null }).Paths();

        string folder = Path.GetDirectoryName(typeof(NativeLibrarySearch).Assembly.Location)!;
        Assert.Equal(Path.Combine(folder, NativeLibrarySearch.FileName), paths[0]);
    }

    [Fact]
    public void Structs_have_the_size_that_c_gives_them() =>
        Assert.All(NativeContract.StructSizes, size => Assert.Equal(size.Native, size.Managed));

    [Fact]
    public unsafe void A_new_struct_knows_its_size_and_is_zero_otherwise()
    {
        NativeRunArgs args = new();

        Assert.Equal((uint)sizeof(NativeRunArgs), args.StructSize);
        args.StructSize = 0;
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<NativeRunArgs>(ref args));
        Assert.Equal(-1, bytes.IndexOfAnyExcept((byte)0));
    }

    private static NativeLibraryException Refused(NativeLibrarySearch search) =>
        Assert.Throws<NativeLibraryException>(() => NativeLibraryLoader.Load(search));

    private static string VersionFunction(int version) =>
        string.Create(CultureInfo.InvariantCulture, $"unsigned recurrent_abi_version(void) {{ return {version}u; }}\n");

    private static FakeLibrary Complete(FakeLibrary library) => library.Compile(
        VersionFunction(NativeConstants.AbiVersion)
        + string.Concat(NativeContract.Functions
            .Where(name => name != "recurrent_abi_version")
            .Select(name => $"void {name}(void) {{}}\n")));
}
