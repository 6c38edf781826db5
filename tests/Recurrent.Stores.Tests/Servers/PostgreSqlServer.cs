using System.Diagnostics;
using Npgsql;

namespace Recurrent.Stores.Tests.Servers;

/// <summary>A PostgreSQL server with a cluster of its own, which root cannot run itself.</summary>
public sealed class PostgreSqlServer : LocalServer
{
    public const string Password = "secret of a test";

    private const string Account = "postgres";

    private PostgreSqlServer()
    {
        string data = Path.Combine(Folder, "data");
        string password = Path.Combine(Folder, "password");
        File.WriteAllText(password, Password);
        if (Environment.IsPrivilegedProcess)
        {
            Run(Quiet("chown", "-R", Account, Folder));
        }

        Run(AsAccount("initdb", "-D", data, "-U", Account, "-A", "scram-sha-256", $"--pwfile={password}", "-E", "UTF8", "--no-sync"));
    }

    /// <summary>Why there is none on this machine; null if there is.</summary>
    public static string? WhyNone => Programs() is null ? "no PostgreSQL server is installed (Debian: postgresql)" : null;

    public static PostgreSqlServer Open()
    {
        Assert.SkipUnless(WhyNone is null, WhyNone ?? "");
        PostgreSqlServer server = new();
        server.Start();
        return server;
    }

    /// <summary>Connections to it, with timeouts that a test can wait for.</summary>
    public NpgsqlDataSource Source(string? password = null, string more = "") => NpgsqlDataSource.Create(
        $"Host=127.0.0.1;Port={Port};Username={Account};Password={password ?? Password};Database=postgres;Timeout=3;Command Timeout=3;"
        + $"Cancellation Timeout=500;{more}");

    protected override ProcessStartInfo Command() => AsAccount(
        "postgres", "-D", Path.Combine(Folder, "data"), "-p", $"{Port}", "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={Folder}");

    protected override bool Answers()
    {
        try
        {
            using NpgsqlConnection connection = new($"Host=127.0.0.1;Port={Port};Username={Account};Password={Password};Database=postgres;Timeout=2;Pooling=false");
            connection.Open();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static string? Programs() => Find("postgres") is { } program
        ? Path.GetDirectoryName(program)
        // Debian has them in a folder of each version, and not in the search path.
        : (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [])
            .Select(version => Path.Combine(version, "bin")).Where(folder => File.Exists(Path.Combine(folder, "postgres")))
            .OrderBy(folder => folder, StringComparer.Ordinal).LastOrDefault();

    private ProcessStartInfo AsAccount(string program, params string[] arguments)
    {
        string path = Path.Combine(Programs()!, program);
        ProcessStartInfo start = Environment.IsPrivilegedProcess
            ? Quiet("setpriv", [$"--reuid={Account}", $"--regid={Account}", "--init-groups", path, .. arguments])
            : Quiet(path, arguments);
        start.WorkingDirectory = Folder;
        return start;
    }
}
