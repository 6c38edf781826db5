using System.Text;
using Recurrent.Cli.Verify;

namespace Recurrent.Cli.Tests.Verify;

public sealed class PythonJsonTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("[1, -2e5, null]", "[1, -2e5, null]")]
    [InlineData("[NaN, Infinity, -Infinity]", "[\"NaN\", \"Infinity\", \"-Infinity\"]")]
    [InlineData("{\"NaN\": NaN}", "{\"NaN\": \"NaN\"}")]
    [InlineData("[\"a \\\" NaN\", NaN]", "[\"a \\\" NaN\", \"NaN\"]")]
    [InlineData("[\"a \\\\\", NaN]", "[\"a \\\\\", \"NaN\"]")]
    [InlineData("[\"NaN", "[\"NaN")]
    [InlineData("[\"NaN\\", "[\"NaN\\")]
    public void Numbers_with_names_are_quoted_and_nothing_else_is(string json, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(PythonJson.QuoteNamedNumbers(Encoding.UTF8.GetBytes(json))));
}
