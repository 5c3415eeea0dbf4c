using System.IO.Compression;

namespace StreamSegmenter.Connectors.Files;

/// <summary>Opens input files as plain bytes: <c>-</c> is standard input, gzip (with several members too) is
/// unpacked, and a UTF-8 byte order mark is passed over.</summary>
internal static class InputStreams
{
    private const int BufferBytes = 128 * 1024;

    /// <param name="path">A file's path, or <c>-</c>.</param>
    /// <param name="standardInput">What <c>-</c> means; the process's standard input when null.</param>
    /// <param name="isText">Lines of JSON or CSV are wanted, and no container.</param>
    /// <exception cref="InputFileException">There is no such file, or it cannot be opened or is of a kind that is not read.</exception>
    public static Stream Open(string path, Stream? standardInput = null, bool isText = true)
    {
        try
        {
            return path == "-"
                ? Unpack(standardInput ?? Console.OpenStandardInput(), isText)
                : Unpack(
                    new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, BufferBytes, FileOptions.SequentialScan), isText);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputFileException($"{path}: there is no such file (looked in {Directory.GetCurrentDirectory()})", e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException or InvalidDataException)
        {
            throw new InputFileException(
                e is InvalidDataException && e.Message.StartsWith("is ", StringComparison.Ordinal) ? $"{path} {e.Message}" : $"{path}: cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>The plain bytes of a stream that may be packed. Owns the stream.</summary>
    /// <exception cref="InvalidDataException">Its kind is not supported; the message names it and the remedy.</exception>
    public static Stream Unpack(Stream stream, bool isText = true)
    {
        var plain = PrefixedStream.Peek(stream, ForeignFile.BytesNeeded, out var start);
        if (start.Span is [0x1F, 0x8B, ..])
        {
            plain = PrefixedStream.Peek(new GZipStream(plain, CompressionMode.Decompress), ForeignFile.BytesNeeded, out start);
        }

        if (ForeignFile.Describe(start.Span, isText) is { } problem)
        {
            plain.Dispose();
            throw new InvalidDataException(problem);
        }

        if (start.Span is [0xEF, 0xBB, 0xBF, ..])
        {
            plain.ReadExactly(new byte[3]);
        }

        return plain;
    }
}
