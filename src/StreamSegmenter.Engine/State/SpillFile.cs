using Microsoft.Win32.SafeHandles;

namespace StreamSegmenter.Engine.State;

/// <summary>One file of a store's log on disk. Reads may overlap each other and a write elsewhere.</summary>
internal interface ISpillFile : IDisposable
{
    /// <summary>Writes all bytes, or throws.</summary>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <returns>Bytes read; fewer than requested where the file ends.</returns>
    int Read(Span<byte> bytes, long offset);
}

/// <summary>Makes an empty file, whatever was there.</summary>
internal delegate ISpillFile CreateSpillFile(string path);

/// <summary>The real one: it exists as long as it is open.</summary>
internal sealed class SpillFile : ISpillFile
{
    private readonly SafeFileHandle _handle;
    private readonly string _path;

    private SpillFile(string path)
    {
        _path = path;
        _handle = File.OpenHandle(
            path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess);
    }

    public static ISpillFile Create(string path) => new SpillFile(path);

    public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(_handle, bytes, offset);

    public int Read(Span<byte> bytes, long offset)
    {
        var read = 0;
        while (read < bytes.Length)
        {
            var got = RandomAccess.Read(_handle, bytes[read..], offset + read);
            if (got == 0)
            {
                break;
            }

            read += got;
        }

        return read;
    }

    public void Dispose()
    {
        _handle.Dispose();
        File.Delete(_path);
    }
}
