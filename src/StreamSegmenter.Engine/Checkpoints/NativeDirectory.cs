using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace StreamSegmenter.Engine.Checkpoints;

/// <summary>Opens a directory, which .NET's own file functions refuse, so that it can be synced.</summary>
internal static partial class NativeDirectory
{
    private const int ReadOnly = 0;

    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle Open(string path)
    {
        var handle = Open(path, ReadOnly);
        return !handle.IsInvalid ? handle : throw new IOException(
            $"'{path}' cannot be opened to be synced: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
