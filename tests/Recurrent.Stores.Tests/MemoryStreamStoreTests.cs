namespace Recurrent.Stores.Tests;

/// <summary>The store in memory.</summary>
public sealed class MemoryStreamStoreTests : StoreContract
{
    private readonly MemoryStreamStore _store = new();

    [Fact]
    public async Task It_counts_the_streams()
    {
        Assert.Equal(0, _store.Count);
        await Write(_store, ("a", 1, Bytes(1)), ("b", 1, Bytes(1)));
        await Write(_store, ("a", 2, Bytes(1)));
        Assert.Equal(2, _store.Count);
        await _store.RemoveAsync("a", TestContext.Current.CancellationToken);
        Assert.Equal(1, _store.Count);
    }

    protected override Task<IStreamStore> OpenAsync() => Task.FromResult<IStreamStore>(_store);
}
