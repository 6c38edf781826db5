using System.Text;

namespace Recurrent.PostgreSql;

/// <summary>Where a <see cref="PostgreSqlStreamStore"/> keeps states.</summary>
public sealed record PostgreSqlStoreOptions
{
    // What PostgreSQL keeps of a name; it cuts longer ones without a word.
    private const int MostNameBytes = 63;

    /// <summary>The schema of the table, by any name that PostgreSQL can have.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    /// <exception cref="ArgumentException">It is no name: empty, more than 63 bytes in UTF-8, or with a zero.</exception>
    public string Schema
    {
        get;
        init => field = Name(value, nameof(Schema));
    } = "public";

    /// <summary>The table, by any name that PostgreSQL can have.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    /// <exception cref="ArgumentException">It is no name: empty, more than 63 bytes in UTF-8, or with a zero.</exception>
    public string Table
    {
        get;
        init => field = Name(value, nameof(Table));
    } = "recurrent_states";

    private static string Name(string value, string argument)
    {
        ArgumentNullException.ThrowIfNull(value, argument);
        int bytes = Encoding.UTF8.GetByteCount(value);
        return bytes is >= 1 and <= MostNameBytes && !value.Contains('\0', StringComparison.Ordinal)
            ? value
            : throw new ArgumentException(
                $"{argument}: expected a name of 1 to {MostNameBytes} bytes without a zero, found {bytes} bytes.", argument);
    }
}
