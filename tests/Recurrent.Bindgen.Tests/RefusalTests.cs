namespace Recurrent.Bindgen.Tests;

/// <summary>Every rule of the interface has a header that breaks it, and a message at the line that does.</summary>
public sealed class RefusalTests
{
    /// <summary>A name, a header, the line of the fault, and what the message says.</summary>
    public static TheoryData<string, string, int, string> BadHeaders => new()
    {
        {
            "size_t parameter",
            """
            #include <stddef.h>
            /** @brief F. @param n N. */
            void recurrent_f(size_t n);
            """,
            3,
            "function `recurrent_f`, parameter `n`: expected a fixed-width type"
        },
        {
            "int parameter",
            """
            /** @brief F. @param n N. */
            void recurrent_f(int n);
            """,
            2,
            "found `int`"
        },
        {
            "unsigned return value",
            """
            /** @brief F. @return N. */
            unsigned recurrent_f(void);
            """,
            2,
            "function `recurrent_f`, return value: expected a fixed-width type"
        },
        {
            "pointer to long",
            """
            /** @brief F. @param n N. */
            void recurrent_f(const long *n);
            """,
            2,
            "found `const long *`"
        },
        {
            "bool field",
            """
            #include <stdint.h>
            #include <stdbool.h>
            /** S. */
            typedef struct recurrent_s {
              /** Size. */
              uint32_t struct_size;
              /** B. */
              bool b;
            } recurrent_s;
            """,
            8,
            "struct `recurrent_s`, field `b`: expected a fixed-width type"
        },
        {
            "uintptr_t field",
            """
            #include <stdint.h>
            /** S. */
            typedef struct recurrent_s {
              /** Size. */
              uint32_t struct_size;
              /** R. */
              uint32_t reserved;
              /** U. */
              uintptr_t u;
            } recurrent_s;
            """,
            9,
            "found `uintptr_t`"
        },
        {
            "array field",
            """
            #include <stdint.h>
            /** S. */
            typedef struct recurrent_s {
              /** Size. */
              uint32_t struct_size;
              /** A. */
              float a[3];
            } recurrent_s;
            """,
            7,
            "found `float[3]`"
        },
        {
            "function pointer",
            """
            /** @brief F. @param f F. */
            void recurrent_f(void (*f)(void));
            """,
            2,
            "parameter `f`: expected a fixed-width type"
        },
        {
            "char by value",
            """
            /** @brief F. @param c C. */
            void recurrent_f(char c);
            """,
            2,
            "found `char`"
        },
        {
            "bit field",
            """
            #include <stdint.h>
            /** S. */
            typedef struct recurrent_s {
              /** Size. */
              uint32_t struct_size;
              /** B. */
              uint32_t b : 3;
            } recurrent_s;
            """,
            7,
            "struct `recurrent_s`, field `b`: expected a whole field; found a bit field"
        },
        {
            "enumerator without a value",
            """
            /** E. */
            typedef enum recurrent_e {
              /** A. */
              RECURRENT_E_A = 0,
              /** B. */
              RECURRENT_E_B
            } recurrent_e;
            """,
            6,
            "enumerator `RECURRENT_E_B`: expected an explicit value"
        },
        {
            "enumerator beyond int32_t",
            """
            /** E. */
            typedef enum recurrent_e {
              /** A. */
              RECURRENT_E_A = 0xFFFFFFFF
            } recurrent_e;
            """,
            4,
            "restricts enumerator values to range of 'int' (4294967295 is too large)"
        },
        {
            "packed enum",
            """
            /** E. */
            typedef enum __attribute__((packed)) recurrent_e {
              /** A. */
              RECURRENT_E_A = 0
            } recurrent_e;
            """,
            2,
            "enum `recurrent_e`: expected a size of 4 bytes; found 1"
        },
        {
            "enum without a tag",
            """
            /** E. */
            enum {
              /** A. */
              RECURRENT_E_A = 0
            };
            """,
            2,
            "enum without a tag"
        },
        {
            "struct without struct_size",
            """
            #include <stdint.h>
            /** S. */
            typedef struct recurrent_s {
              /** A. */
              int32_t a;
            } recurrent_s;
            """,
            3,
            "struct `recurrent_s`: expected `uint32_t struct_size` as its first field"
        },
        {
            "struct_size of another type",
            """
            #include <stdint.h>
            /** S. */
            typedef struct recurrent_s {
              /** Size. */
              int32_t struct_size;
            } recurrent_s;
            """,
            3,
            "expected `uint32_t struct_size` as its first field"
        },
        {
            "padding between fields",
            """
            #include <stdint.h>
            /** S. */
            typedef struct recurrent_s {
              /** Size. */
              uint32_t struct_size;
              /** P. */
              const float *p;
            } recurrent_s;
            """,
            7,
            "field `p`: expected no padding before it; found 4 bytes"
        },
        {
            "padding at the end",
            """
            #include <stdint.h>
            /** S. */
            typedef struct recurrent_s {
              /** Size. */
              uint32_t struct_size;
              /** A. */
              int32_t a;
              /** B. */
              int64_t b;
              /** C. */
              int32_t c;
            } recurrent_s;
            """,
            3,
            "struct `recurrent_s`: expected no padding at its end; found 4 bytes"
        },
        {
            "packed struct",
            """
            #include <stdint.h>
            /** S. */
            typedef struct __attribute__((packed)) recurrent_s {
              /** Size. */
              uint32_t struct_size;
              /** B. */
              int64_t b;
            } recurrent_s;
            """,
            7,
            "field `b`: expected natural alignment to 8 bytes; found offset 4"
        },
        {
            "union",
            """
            /** U. */
            union recurrent_u {
              /** A. */
              float a;
            };
            """,
            2,
            "union `recurrent_u`: not part of a portable interface"
        },
        {
            "union inside of a struct",
            """
            #include <stdint.h>
            /** S. */
            typedef struct recurrent_s {
              /** Size. */
              uint32_t struct_size;
              /** U. */
              union { float a; int32_t b; } u;
            } recurrent_s;
            """,
            7,
            "declaration inside of struct `recurrent_s`"
        },
        {
            "variable arguments",
            """
            #include <stdint.h>
            /** @brief F. @param n N. */
            void recurrent_f(int32_t n, ...);
            """,
            3,
            "function `recurrent_f`: expected a fixed list of parameters; found `...`"
        },
        {
            "no prototype",
            """
            /** @brief F. */
            void recurrent_f();
            """,
            2,
            "expected a list of parameters, `(void)` if there are none; found `()`"
        },
        {
            "struct by value as a parameter",
            """
            #include <stdint.h>
            /** S. */
            typedef struct recurrent_s {
              /** Size. */
              uint32_t struct_size;
            } recurrent_s;
            /** @brief F. @param s S. */
            void recurrent_f(recurrent_s s);
            """,
            8,
            "parameter `s`: expected a pointer to a struct; found `recurrent_s` by value"
        },
        {
            "struct by value as a result",
            """
            #include <stdint.h>
            /** S. */
            typedef struct recurrent_s {
              /** Size. */
              uint32_t struct_size;
            } recurrent_s;
            /** @brief F. @return S. */
            recurrent_s recurrent_f(void);
            """,
            8,
            "return value: expected a pointer to a struct; found `recurrent_s` by value"
        },
        {
            "function with another prefix",
            """
            /** @brief F. */
            void rnn_f(void);
            """,
            2,
            "`rnn_f`: expected a name that begins with `recurrent_`"
        },
        {
            "enumerator with another prefix",
            """
            /** E. */
            typedef enum recurrent_e {
              /** A. */
              RNN_A = 0
            } recurrent_e;
            """,
            4,
            "`RNN_A`: expected a name that begins with `RECURRENT_`"
        },
        {
            "constant with another prefix",
            """
            /** A. */
            #define RNN_A 1
            """,
            2,
            "`RNN_A`: expected a name that begins with `RECURRENT_`"
        },
        {
            "constant that is an expression",
            """
            /** A. */
            #define RECURRENT_A (1 << 4)
            """,
            2,
            "constant `RECURRENT_A`: expected one integer literal that fits into int32_t; found `( 1 << 4 )`"
        },
        {
            "function-like macro",
            """
            /** A. */
            #define RECURRENT_A(x) (x)
            """,
            2,
            "function-like macro `RECURRENT_A`"
        },
        {
            "variable",
            """
            #include <stdint.h>
            /** V. */
            extern int32_t recurrent_v;
            """,
            3,
            "variable `recurrent_v`"
        },
        {
            "alias",
            """
            #include <stdint.h>
            /** A. */
            typedef int32_t recurrent_a;
            """,
            3,
            "typedef `recurrent_a`"
        },
        {
            "undocumented function",
            """
            void recurrent_f(void);
            """,
            1,
            "`recurrent_f`: expected a documentation comment before it"
        },
        {
            "undocumented field",
            """
            #include <stdint.h>
            /** S. */
            typedef struct recurrent_s {
              uint32_t struct_size;
            } recurrent_s;
            """,
            4,
            "`struct_size`: expected a documentation comment before it"
        },
        {
            "undocumented enumerator",
            """
            /** E. */
            typedef enum recurrent_e {
              RECURRENT_E_A = 0
            } recurrent_e;
            """,
            3,
            "`RECURRENT_E_A`: expected a documentation comment before it"
        },
        {
            "undocumented enum",
            """
            typedef enum recurrent_e {
              /** A. */
              RECURRENT_E_A = 0
            } recurrent_e;
            """,
            1,
            "`recurrent_e`: expected a documentation comment before it"
        },
        {
            "undocumented opaque type",
            """
            typedef struct recurrent_o recurrent_o;
            """,
            1,
            "`recurrent_o`: expected a documentation comment before it"
        },
        {
            "undocumented constant",
            """
            #define RECURRENT_A 1
            """,
            1,
            "`RECURRENT_A`: expected a documentation comment before it"
        },
        {
            "undocumented parameter",
            """
            #include <stdint.h>
            /** @brief F. @param a A. */
            void recurrent_f(int32_t a, int32_t b);
            """,
            3,
            "function `recurrent_f`: expected `@param b` in its documentation"
        },
        {
            "undocumented return value",
            """
            #include <stdint.h>
            /** @brief F. */
            int32_t recurrent_f(void);
            """,
            3,
            "function `recurrent_f`: expected `@return` in its documentation"
        },
        {
            "documentation of a parameter that does not exist",
            """
            /** @brief F. @param gone G. */
            void recurrent_f(void);
            """,
            1,
            "parameter 'gone' not found in the function declaration"
        },
        {
            "reference to a name that does not exist",
            """
            /** @brief F, see ::recurrent_gone. */
            void recurrent_f(void);
            """,
            2,
            "`recurrent_f`: its documentation refers to `recurrent_gone`, which is not declared here"
        },
        {
            "parameter without a name",
            """
            #include <stdint.h>
            /** @brief F. */
            void recurrent_f(int32_t);
            """,
            3,
            "function `recurrent_f`: expected a name for every parameter"
        },
        {
            "no C",
            """
            void recurrent_f(
            """,
            1,
            "expected parameter declarator"
        },
    };

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public void A_header_that_breaks_a_rule_is_refused_at_its_line(string name, string text, int line, string message)
    {
        using Header header = new(text + "\n");

        CommandResult result = header.Run();

        Assert.True(result.Status == 1, $"{name} was accepted.");
        Assert.Contains(
            result.Errors.Split('\n'),
            error => error.StartsWith($"{header.FilePath}:{line}: error: ", StringComparison.Ordinal)
                && error.Contains(message, StringComparison.Ordinal));
        Assert.False(Directory.Exists(header.Root), "A refused header must leave no files behind.");
    }

    [Fact]
    public void All_faults_of_a_header_are_reported_in_the_order_of_their_lines()
    {
        using Header header = new("""
            void recurrent_a(int n);
            union recurrent_u { float a; };

            """);

        string[] errors = header.Run().Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(3, errors.Length);
        Assert.Contains(":1: ", errors[0], StringComparison.Ordinal);
        Assert.Contains(":1: ", errors[1], StringComparison.Ordinal);
        Assert.Contains(":2: ", errors[2], StringComparison.Ordinal);
    }
}
