using System.Runtime.InteropServices;
using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

public sealed partial class RecurrentModel
{
    /// <summary>
    /// Writes a model file of this library again, with the weights in it as the kernels of this machine read them:
    /// <c>recurrent_model_add_packed</c>. <c>Recurrent.Formats.RecurrentFile.Pack</c> writes it to a path.
    /// </summary>
    /// <param name="path">Path of a file that <c>Recurrent.Formats.RecurrentFile</c> has written.</param>
    /// <param name="stream">Receives the file; it stays open. Nothing is written if the file cannot be packed.</param>
    /// <param name="instructionSet">The instruction set to pack for, one that this machine has.</param>
    /// <exception cref="ArgumentNullException">The path or the stream is null.</exception>
    /// <exception cref="ArgumentException">The path is empty, or the file was changed meanwhile.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The instruction set is not defined.</exception>
    /// <exception cref="IOException">The file cannot be read, or the stream not be written.</exception>
    /// <exception cref="InvalidDataException">The file is no model file of this library, or damaged.</exception>
    /// <exception cref="PlatformNotSupportedException">This machine does not have the instruction set.</exception>
    /// <exception cref="NativeLibraryException">The native library cannot be used; the message says why.</exception>
    /// <exception cref="InsufficientMemoryException">The memory could not be had.</exception>
    public static unsafe void WritePackedFile(
        string path, Stream stream, InstructionSet instructionSet = InstructionSet.Auto)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(stream);
        Require.Defined(instructionSet, nameof(instructionSet));
        using ModelHandle handle = Load(path, PackedLoading.Ignore, instructionSet);
        nint model = handle.DangerousGetHandle();
        using NativeBytes file = NativeBytes.Of(path);
        long size;
        NativeMethods.ModelAddPacked(model, file.Data, file.Length, null, 0, &size).ThrowIfFailed();
        using NativeBytes packed = new(size);
        NativeMethods.ModelAddPacked(model, file.Data, file.Length, packed.Data, size, &size).ThrowIfFailed();
        packed.CopyTo(stream);
    }

    // Files may be larger than arrays.
    private sealed unsafe class NativeBytes : IDisposable
    {
        private const int PieceBytes = 1 << 20;

        public NativeBytes(long length)
        {
            Length = length;
            try
            {
                Data = (byte*)NativeMemory.Alloc((nuint)Math.Max(length, 1));
            }
            catch (OutOfMemoryException e)
            {
                throw new InsufficientMemoryException($"There is no memory for a file of {length} bytes.", e);
            }
        }

        public byte* Data { get; private set; }

        public long Length { get; }

        public static NativeBytes Of(string path)
        {
            using FileStream stream = File.OpenRead(path);
            NativeBytes bytes = new(stream.Length);
            try
            {
                for (long at = 0; at < bytes.Length;)
                {
                    int piece = (int)Math.Min(bytes.Length - at, PieceBytes);
                    stream.ReadExactly(new Span<byte>(bytes.Data + at, piece));
                    at += piece;
                }

                return bytes;
            }
            catch
            {
                bytes.Dispose();
                throw;
            }
        }

        public void CopyTo(Stream stream)
        {
            using UnmanagedMemoryStream memory = new(Data, Length);
            memory.CopyTo(stream);
        }

        public void Dispose()
        {
            NativeMemory.Free(Data);
            Data = null;
        }
    }
}
