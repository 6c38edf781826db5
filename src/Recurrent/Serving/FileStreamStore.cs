using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Recurrent.Files;

namespace Recurrent.Serving;

/// <summary>
/// States in files of a folder, one for each stream, written beside the old one, flushed to the disk and renamed: whatever ends
/// the process leaves the old state or the new one. Several stores and processes may use a folder of a local disk at the same
/// time.
/// </summary>
/// <remarks>
/// A file is called after the SHA-256 of its key, so that any key goes with any file system; the key is in the file. A file that
/// is damaged is refused with an <see cref="IOException"/> that names it, and is neither read nor written over. Files are in 64
/// folders, each locked by whoever writes to it. A batch is written by as many threads as are worth it, which wait for the disk
/// together. A write that is running goes on when the wait for it is given up, and the call ends with it.
/// </remarks>
public sealed class FileStreamStore : IStreamStore
{
    private const int Shards = 64;

    // A disk takes many flushes at once in little more time than one.
    private const int MostWriters = 16;

    private const string Ending = ".state";
    private const string LockName = "lock";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Opens a folder, made if it is not there. Removes what killed processes have left in it.</summary>
    /// <param name="folder">The folder, of a local disk. Nothing else is to be in it.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <exception cref="IOException">The folder cannot be made or used.</exception>
    public FileStreamStore(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Folder = Path.GetFullPath(folder);
        Use(Folder, () =>
        {
            Make(Folder);
            for (int shard = 0; shard < Shards; shard++)
            {
                if (Directory.Exists(FolderOf(shard)))
                {
                    PartialFile.RemoveAbandonedOf(FolderOf(shard), Ending);
                }
            }
        });
    }

    /// <summary>The folder, as a full path.</summary>
    public string Folder { get; }

    /// <inheritdoc/>
    public ValueTask WriteAsync(
        ReadOnlyMemory<StoredState> states, Memory<StoreOutcome> outcomes, CancellationToken cancellation = default)
    {
        byte[][] keys = StoreArguments.RequireStates(states, outcomes);
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellation);
        }

        int[][] parts =
        [
            .. Enumerable.Range(0, keys.Length).Select(i => (Index: i, Shard: ShardOf(NameOf(keys[i]))))
                .GroupBy(state => state.Shard, state => state.Index).OrderBy(part => part.Key).Select(part => part.ToArray()),
        ];
        return new ValueTask(WriteAsync(parts, keys, states, outcomes, cancellation));
    }

    /// <inheritdoc/>
    public ValueTask<byte[]?> ReadAsync(string key, CancellationToken cancellation = default)
    {
        byte[] name = StoreArguments.RequireKey(key);
        return new ValueTask<byte[]?>(Task.Run(() => Read(name, cancellation), cancellation));
    }

    /// <inheritdoc/>
    public ValueTask<bool> RemoveAsync(string key, CancellationToken cancellation = default)
    {
        byte[] name = StoreArguments.RequireKey(key);
        return new ValueTask<bool>(Task.Run(() => Remove(name, cancellation), cancellation));
    }

    private static string NameOf(byte[] key) => Convert.ToHexString(SHA256.HashData(key)).ToLowerInvariant();

    private static int ShardOf(string name) => Convert.ToInt32(name[..2], 16) % Shards;

    private static IDisposable Lock(string folder, CancellationToken cancellation) =>
        FileLock.Take(Path.Combine(folder, LockName), Patience, cancellation);

    private static void Make(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        Directory.CreateDirectory(folder);
        if (Path.GetDirectoryName(folder) is { } parent)
        {
            FolderFlush.Flush(parent);
        }
    }

    /// <summary>Whoever uses a store expects an <see cref="IOException"/> of it.</summary>
    private static void Use(string folder, Action action)
    {
        try
        {
            action();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"The store '{folder}' may not be used: {e.Message}", e);
        }
    }

    private async Task WriteAsync(
        int[][] parts,
        byte[][] keys,
        ReadOnlyMemory<StoredState> states,
        Memory<StoreOutcome> outcomes,
        CancellationToken cancellation)
    {
        int next = -1;
        Exception? failure = null;

        // They wait for the disk, which threads of the pool are too few for.
        Task[] writers =
        [
            .. Enumerable.Range(0, Math.Min(parts.Length, MostWriters)).Select(_ => Task.Factory.StartNew(
                WriteParts, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)),
        ];

        // All of them, also when one has failed: the caller's memory is theirs until then.
        await Task.WhenAll(writers).ConfigureAwait(false);
        if (failure is not null)
        {
            // The trace of where it was found, in front of this one.
            ExceptionDispatchInfo.Throw(failure);
        }

        void WriteParts()
        {
            while (Interlocked.Increment(ref next) is int part && part < parts.Length)
            {
                try
                {
                    Use(Folder, () => WritePart(parts[part], keys, states, outcomes, cancellation));
                }
                catch (Exception e)
                {
                    Interlocked.CompareExchange(ref failure, e, null);
                }
            }
        }
    }

    // States of one folder.
    private void WritePart(
        int[] part,
        byte[][] keys,
        ReadOnlyMemory<StoredState> states,
        Memory<StoreOutcome> outcomes,
        CancellationToken cancellation)
    {
        string folder = FolderOf(ShardOf(NameOf(keys[part[0]])));
        Make(folder);
        using IDisposable held = Lock(folder, cancellation);
        bool isChanged = false;
        Exception? failure = null;
        foreach (int i in part)
        {
            cancellation.ThrowIfCancellationRequested();
            StoredState state = states.Span[i];
            try
            {
                string path = PathOf(keys[i]);
                StoreOutcome outcome = StoreArguments.OutcomeOf(state.Sequence, StateFile.Read(path, keys[i])?.Sequence);
                if (outcome == StoreOutcome.Written)
                {
                    // The folder is flushed once for all of them.
                    using AtomicFile file = AtomicFile.Create(path, flushFolder: _ => { }, looksForAbandoned: false);
                    StateFile.Write(file.Stream, keys[i], state.Sequence, state.State.Span);
                    file.Commit();
                    isChanged = true;
                }

                outcomes.Span[i] = outcome;
            }
            catch (IOException e)
            {
                // One damaged file does not keep the others from being written.
                failure ??= e;
            }
        }

        if (isChanged)
        {
            FolderFlush.Flush(folder);
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private byte[]? Read(byte[] key, CancellationToken cancellation)
    {
        byte[]? state = null;
        Use(Folder, () =>
        {
            string path = PathOf(key);

            // Windows does not replace a file that is open.
            using IDisposable? held = OperatingSystem.IsWindows() && Directory.Exists(Path.GetDirectoryName(path))
                ? Lock(Path.GetDirectoryName(path)!, cancellation)
                : null;
            if (StateFile.Read(path, key) is { } found)
            {
                state = found.Bytes[found.StateAt..];
            }
        });
        return state;
    }

    private bool Remove(byte[] key, CancellationToken cancellation)
    {
        bool isThere = false;
        Use(Folder, () =>
        {
            string path = PathOf(key);
            string folder = Path.GetDirectoryName(path)!;
            if (!Directory.Exists(folder))
            {
                return;
            }

            using IDisposable held = Lock(folder, cancellation);
            isThere = File.Exists(path);
            if (isThere)
            {
                File.Delete(path);
                FolderFlush.Flush(folder);
            }
        });
        return isThere;
    }

    private string PathOf(byte[] key)
    {
        string name = NameOf(key);
        return Path.Combine(FolderOf(ShardOf(name)), name + Ending);
    }

    private string FolderOf(int shard) => Path.Combine(Folder, shard.ToString("x2", CultureInfo.InvariantCulture));
}
