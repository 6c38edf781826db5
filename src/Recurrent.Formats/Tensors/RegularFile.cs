namespace Recurrent.Formats.Tensors;

/// <summary>Tells files from pipes before they are opened: opening a pipe waits for somebody who writes to it.</summary>
internal static class RegularFile
{
    /// <summary>Bytes of a file; 0 if it is a pipe or a device. It is not opened.</summary>
    /// <exception cref="IOException">There is no such file.</exception>
    public static long Length(string path)
    {
        FileInfo file = new(path);
        return file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target.Length : file.Length;
    }
}
