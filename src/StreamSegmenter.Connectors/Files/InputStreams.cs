using System.IO.Compression;

namespace StreamSegmenter.Connectors.Files;

/// <summary>Opens input files as plain bytes: <c>-</c> is standard input, gzip (with several members too) is
/// unpacked, and a UTF-8 byte order mark is passed over.</summary>
internal static class InputStreams
{
    private const int BufferBytes = 128 * 1024;

    /// <param name="path">A file's path, or <c>-</c>.</param>
    /// <param name="standardInput">What <c>-</c> means; the process's standard input when null.</param>
    /// <exception cref="InputFileException">There is no such file, or it cannot be opened.</exception>
    public static Stream Open(string path, Stream? standardInput = null)
    {
        try
        {
            return path == "-"
                ? Unpack(standardInput ?? Console.OpenStandardInput())
                : Unpack(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, BufferBytes, FileOptions.SequentialScan));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputFileException($"{path}: there is no such file (looked in {Directory.GetCurrentDirectory()})", e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException or InvalidDataException)
        {
            throw new InputFileException($"{path}: cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>The plain bytes of a stream that may be packed. Owns the stream.</summary>
    public static Stream Unpack(Stream stream)
    {
        var plain = PrefixedStream.Peek(stream, 2, out var magic);
        if (magic.Span.SequenceEqual((ReadOnlySpan<byte>)[0x1F, 0x8B]))
        {
            plain = new GZipStream(plain, CompressionMode.Decompress);
        }

        plain = PrefixedStream.Peek(plain, 3, out var mark);
        if (mark.Span.SequenceEqual((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            // Behind the mark: it is the whole prefix, so reading it off leaves the rest.
            plain.ReadExactly(new byte[3]);
        }
        else if (mark.Length >= 2 && mark.Span[..2] is [0xFF, 0xFE] or [0xFE, 0xFF])
        {
            throw new InvalidDataException("the text is UTF-16; convert it to UTF-8 (iconv -f UTF-16 -t UTF-8)");
        }

        return plain;
    }
}
