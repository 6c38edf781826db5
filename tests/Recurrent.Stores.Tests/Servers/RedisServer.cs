using System.Diagnostics;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Recurrent.Stores.Tests.Servers;

/// <summary>A Redis server that has on its disk what it has acknowledged.</summary>
public sealed class RedisServer : LocalServer
{
    public const string Password = "secret of a test";

    private readonly bool _hasPassword;

    private RedisServer(bool hasPassword) => _hasPassword = hasPassword;

    /// <summary>Why there is none on this machine; null if there is.</summary>
    public static string? WhyNone => Find("redis-server") is null ? "no redis-server is installed (Debian: redis-server)" : null;

    public static RedisServer Open(bool hasPassword = false)
    {
        Assert.SkipUnless(WhyNone is null, WhyNone ?? "");
        RedisServer server = new(hasPassword);
        server.Start();
        return server;
    }

    /// <summary>Connects, with timeouts that a test can wait for.</summary>
    public ConnectionMultiplexer Connect(string? password = null) => ConnectionMultiplexer.Connect(new ConfigurationOptions
    {
        EndPoints = { { "127.0.0.1", Port } },
        Password = password ?? (_hasPassword ? Password : null),
        AbortOnConnectFail = false,
        ConnectTimeout = 2000,
        AsyncTimeout = 2000,
        SyncTimeout = 2000,
        ReconnectRetryPolicy = new LinearRetry(200),
        AllowAdmin = true,
    });

    protected override ProcessStartInfo Command() => Quiet(
        Find("redis-server")!,
        [
            "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", Folder, "--save", "", "--appendonly", "yes", "--appendfsync", "always",
            .. _hasPassword ? new[] { "--requirepass", Password } : [],
        ]);

    protected override bool Answers()
    {
        // While it reads its file it answers, and with an error.
        try
        {
            using TcpClient client = new("127.0.0.1", Port);
            client.ReceiveTimeout = 1000;
            using NetworkStream stream = client.GetStream();
            stream.Write("PING\r\n"u8);
            byte[] answer = new byte[64];
            string text = System.Text.Encoding.ASCII.GetString(answer, 0, stream.Read(answer));
            return text.StartsWith("+PONG", StringComparison.Ordinal) || text.StartsWith("-NOAUTH", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }
}
