using Recurrent.Redis;
using Recurrent.Stores.Tests.Servers;
using StackExchange.Redis;

namespace Recurrent.Stores.Tests;

/// <summary>The store in Redis, with a server of the distribution.</summary>
public sealed class RedisStreamStoreTests : StoreContract, IDisposable
{
    private static readonly Lazy<RedisServer> Shared = new(() => RedisServer.Open());

    private readonly string _prefix = $"test {Guid.NewGuid()}:";
    private readonly List<ConnectionMultiplexer> _connections = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _connections.ForEach(connection => connection.Dispose());

    [Fact]
    public async Task A_value_is_the_documented_bytes_under_the_prefix_and_the_key()
    {
        IStreamStore store = await OpenAsync();
        await Write(store, ("key", 0x0102030405060708, [9, 8, 7]));
        byte[]? value = await _connections[0].GetDatabase().StringGetAsync(_prefix + "key");
        Assert.Equal("52535331" + "0102030405060708" + "090807", Convert.ToHexString(value!));
    }

    [Fact]
    public async Task A_state_expires_when_it_is_told_to_and_another_one_begins_the_time_anew()
    {
        ConnectionMultiplexer connection = Connect(Server());
        RedisStreamStore store = new(connection, new RedisStoreOptions { KeyPrefix = _prefix, Expiry = TimeSpan.FromMinutes(5) });
        await Write(store, ("a", 1, Bytes(1)));
        IDatabase database = connection.GetDatabase();
        await database.KeyExpireAsync(_prefix + "a", TimeSpan.FromSeconds(100));
        await Write(store, ("a", 1, Bytes(1)));
        Assert.InRange((await database.KeyTimeToLiveAsync(_prefix + "a"))!.Value.TotalSeconds, 50, 100);
        await Write(store, ("a", 2, Bytes(1)));
        Assert.InRange((await database.KeyTimeToLiveAsync(_prefix + "a"))!.Value.TotalSeconds, 200, 300);
        RedisStreamStore forever = new(connection, new RedisStoreOptions { KeyPrefix = _prefix });
        await Write(forever, ("a", 3, Bytes(1)));
        Assert.Null(await database.KeyTimeToLiveAsync(_prefix + "a"));
        RedisStreamStore soon = new(connection, new RedisStoreOptions { KeyPrefix = _prefix, Expiry = TimeSpan.FromMilliseconds(1) });
        await Write(soon, ("a", 4, Bytes(1)));
        await Task.Delay(50, Token);
        Assert.Null(await soon.ReadAsync("a", Token));
    }

    [Fact]
    public async Task Prefixes_and_databases_keep_stores_apart()
    {
        ConnectionMultiplexer connection = Connect(Server());
        RedisStreamStore[] stores =
        [
            new(connection, new RedisStoreOptions { KeyPrefix = _prefix }),
            new(connection, new RedisStoreOptions { KeyPrefix = _prefix + "b" }),
            new(connection, new RedisStoreOptions { KeyPrefix = _prefix, Database = 1 }),
        ];
        for (int i = 0; i < stores.Length; i++)
        {
            await Write(stores[i], ("a", 10 - i, Bytes(i)));
        }

        for (int i = 0; i < stores.Length; i++)
        {
            Assert.Equal(Bytes(i), await stores[i].ReadAsync("a", Token));
        }
    }

    [Fact]
    public async Task What_is_no_state_is_left_as_it_is_and_named()
    {
        IStreamStore store = await OpenAsync();
        IDatabase database = _connections[0].GetDatabase();
        await database.ListLeftPushAsync(_prefix + "list", "x");
        await database.StringSetAsync(_prefix + "text", "a text that is somebody's");
        await database.StringSetAsync(_prefix + "short", "RSS1");
        foreach (string key in new[] { "list", "text", "short" })
        {
            IOException error = await Assert.ThrowsAsync<IOException>(() => store.ReadAsync(key, Token).AsTask());
            Assert.StartsWith("Redis: ", error.Message, StringComparison.Ordinal);
            // The others are written.
            error = await Assert.ThrowsAsync<IOException>(() => Write(store, ("before " + key, 1, Bytes(1)), (key, 1, Bytes(1)), ("after " + key, 1, Bytes(1))));
            Assert.Contains($"'{key}'", error.Message, StringComparison.Ordinal);
            Assert.Equal(Bytes(1), await store.ReadAsync("before " + key, Token));
            Assert.Equal(Bytes(1), await store.ReadAsync("after " + key, Token));
        }

        Assert.Equal(1, await database.ListLengthAsync(_prefix + "list"));
        Assert.Equal("a text that is somebody's", await database.StringGetAsync(_prefix + "text"));
    }

    [Fact]
    public async Task A_server_that_has_no_memory_left_refuses_and_keeps_what_it_has()
    {
        using RedisServer server = RedisServer.Open();
        ConnectionMultiplexer connection = Connect(server);
        RedisStreamStore store = new(connection);
        await Write(store, ("a", 1, Bytes(1)));
        await connection.GetServers()[0].ConfigSetAsync("maxmemory", "1");
        IOException error = await Assert.ThrowsAsync<IOException>(() => Write(store, ("a", 2, Bytes(2))));
        Assert.Contains("OOM", error.Message, StringComparison.Ordinal);
        Assert.Equal(Bytes(1), await store.ReadAsync("a", Token));
        await connection.GetServers()[0].ConfigSetAsync("maxmemory", "0");
        Assert.Equal([StoreOutcome.Written], await Write(store, ("a", 2, Bytes(2))));
    }

    [Fact]
    public async Task A_password_is_needed_where_the_server_has_one()
    {
        using RedisServer server = RedisServer.Open(hasPassword: true);
        Assert.Equal([StoreOutcome.Written], await Write(new RedisStreamStore(Connect(server)), ("a", 1, Bytes(1))));
        foreach (string wrong in new[] { "", "wrong" })
        {
            RedisStreamStore store = new(Connect(server, wrong));
            await Assert.ThrowsAsync<IOException>(() => store.ReadAsync("a", Token).AsTask());
            await Assert.ThrowsAsync<IOException>(() => store.RemoveAsync("a", Token).AsTask());
            await Assert.ThrowsAsync<IOException>(() => Write(store, ("a", 2, Bytes(2))));
        }
    }

    [Fact]
    public async Task A_killed_server_has_what_it_acknowledged_when_it_is_back_and_the_connection_comes_back()
    {
        using RedisServer server = RedisServer.Open();
        await ServerDeath.Survive(new RedisStreamStore(Connect(server)), server, Token);
    }

    [Fact]
    public async Task A_call_to_a_stopped_server_ends_by_its_timeout_or_when_it_is_given_up()
    {
        using RedisServer server = RedisServer.Open();
        await ServerDeath.WaitForStopped(new RedisStreamStore(Connect(server)), server, Token);
    }

    [Fact]
    public async Task No_server_is_an_IOException()
    {
        using RedisServer server = RedisServer.Open();
        server.Kill();
        RedisStreamStore store = new(Connect(server));
        await Assert.ThrowsAsync<IOException>(() => store.ReadAsync("a", Token).AsTask());
        await Assert.ThrowsAsync<IOException>(() => Write(store, ("a", 1, Bytes(1))));
    }

    [Fact]
    public void Options_are_checked()
    {
        Assert.Throws<ArgumentNullException>(() => new RedisStreamStore(null!));
        Assert.Equal("KeyPrefix", Assert.Throws<ArgumentNullException>(() => new RedisStoreOptions { KeyPrefix = null! }).ParamName);
        Assert.Equal("Expiry", Assert.Throws<ArgumentOutOfRangeException>(() => new RedisStoreOptions { Expiry = TimeSpan.Zero }).ParamName);
        Assert.Equal("Database", Assert.Throws<ArgumentOutOfRangeException>(() => new RedisStoreOptions { Database = -2 }).ParamName);
    }

    protected override Task<IStreamStore> OpenAsync() => Task.FromResult<IStreamStore>(
        new RedisStreamStore(Connect(Server()), new RedisStoreOptions { KeyPrefix = _prefix }));

    private static RedisServer Server()
    {
        Assert.SkipUnless(RedisServer.WhyNone is null, RedisServer.WhyNone ?? "");
        return Shared.Value;
    }

    private ConnectionMultiplexer Connect(RedisServer server, string? password = null)
    {
        ConnectionMultiplexer connection = server.Connect(password);
        _connections.Add(connection);
        return connection;
    }
}
