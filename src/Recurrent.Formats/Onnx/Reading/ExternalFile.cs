using Microsoft.Win32.SafeHandles;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// A file in the model's folder, or below it, that the model names: what a model says must not reach anything else. What
/// is checked is the file that has been opened. On Linux no step of the path follows a link; elsewhere links are looked
/// for before and after the file is opened.
/// </summary>
internal static class ExternalFile
{
    /// <summary>Opens a file.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="location">The path from there that the model has.</param>
    /// <param name="refusesHardLinks">Whether the file must have one name only.</param>
    /// <exception cref="ModelFormatException">There is no such file, or it is not one that a model may name.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static WireSource Open(string folder, string location, bool refusesHardLinks)
    {
        // Both kinds of separators, on every system: a model is as safe here as there.
        string[] steps = location.Split('/', '\\');
        bool names = steps.All(step => step is not ("" or "." or ".." or "~") && !step.Contains(':', StringComparison.Ordinal)
            && !step.Contains('\0', StringComparison.Ordinal));
        if (!names || Path.IsPathRooted(location))
        {
            throw new ModelFormatException(
                $"external data: expected the name of a file in the model's folder, found '{location}'.");
        }

        string path = Path.Combine([Path.GetFullPath(folder), .. steps]);
        SafeFileHandle handle;
        try
        {
            handle = (OperatingSystem.IsLinux() ? LinuxFile.OpenBelow(folder, steps) : OpenElsewhere(path, folder))
                ?? throw NoFile(location);
        }
        catch (LinkException e)
        {
            throw new ModelFormatException($"external data: '{location}' is a link, which might lead elsewhere.", e);
        }

        try
        {
            RequireFile(handle, location, refusesHardLinks);
            FileSource source = FileSource.Of(handle);
            return StandIn.Describe(source) is not { } standIn
                ? new WireSource(source, $"{path}: ")
                : throw new ModelFormatException($"external data: '{location}' is {standIn}");
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static void RequireFile(SafeFileHandle handle, string location, bool refusesHardLinks)
    {
        // A device or a pipe has no length that could be checked, and might never end.
        int? links = OperatingSystem.IsLinux() ? LinuxFile.CountLinks(handle) : null;
        if (links == 0)
        {
            throw NoFile(location);
        }

        if (refusesHardLinks && links != 1)
        {
            throw new ModelFormatException(links is null
                ? $"external data: '{location}': whether it has other names cannot be told on this system, and "
                    + $"{nameof(ImportOptions)}.{nameof(ImportOptions.RefuseHardLinks)} asks for it."
                : $"external data: '{location}' is a hard link: the file has {links} names, and one might be elsewhere.");
        }
    }

    private static SafeFileHandle? OpenElsewhere(string path, string folder)
    {
        RequireNoLinks(path, folder);
        FileInfo file = new(path);
        if (!file.Exists || (file.Attributes & (FileAttributes.Device | FileAttributes.Directory)) != 0)
        {
            return null;
        }

        SafeFileHandle handle = File.OpenHandle(path);
        try
        {
            RequireNoLinks(path, folder);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static void RequireNoLinks(string path, string folder)
    {
        string top = Path.GetFullPath(folder);
        for (string? at = path; at is not null && at.Length > top.Length; at = Path.GetDirectoryName(at))
        {
            if (new FileInfo(at).LinkTarget is not null)
            {
                throw new LinkException();
            }
        }
    }

    private static ModelFormatException NoFile(string location) =>
        new($"external data: there is no file '{location}' in the model's folder.");
}
