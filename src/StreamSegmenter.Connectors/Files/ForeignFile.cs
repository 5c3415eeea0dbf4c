namespace StreamSegmenter.Connectors.Files;

/// <summary>Recognises by their first bytes the files that are often handed in and are no text, with what to do about them.</summary>
internal static class ForeignFile
{
    /// <summary>How many bytes are enough to recognise it.</summary>
    public const int BytesNeeded = 8;

    /// <returns>What it is and the remedy; null for what may be read.</returns>
    /// <param name="isText">Lines of JSON or CSV are wanted, and no container.</param>
    public static string? Describe(ReadOnlySpan<byte> start, bool isText) => start switch
    {
        [(byte)'P', (byte)'K', 3 or 5, ..] => "is a zip archive; unpack it: unzip -p FILE | streamsegmenter … --set inputs[0].file=-",
        [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', ..] => "is packed with bzip2; unpack it (bzip2 -d) or pack it with gzip",
        [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => "is packed with xz; unpack it (xz -d) or pack it with gzip",
        [0x28, 0xB5, 0x2F, 0xFD, ..] => "is packed with zstd; unpack it (zstd -d) or pack it with gzip",
        [(byte)'7', (byte)'z', 0xBC, 0xAF, ..] => "is a 7z archive; unpack it (7z x)",
        [0x1F, 0x8B, ..] => "is packed twice with gzip; unpack it once (gunzip)",
        [(byte)'P', (byte)'A', (byte)'R', (byte)'1', ..] => "is a Parquet file; convert it to JSON lines, CSV or Avro",
        [(byte)'O', (byte)'R', (byte)'C', ..] => "is an ORC file; convert it to JSON lines, CSV or Avro",
        [0xD0, 0xCF, 0x11, 0xE0, ..] => "is an old Excel workbook; save it as CSV in UTF-8",
        _ => isText ? DescribeText(start) : null,
    };

    private static string? DescribeText(ReadOnlySpan<byte> start) => start switch
    {
        [(byte)'O', (byte)'b', (byte)'j', 1, ..] => "is an Avro container; write format: avro",
        [0xFF, 0xFE, 0, 0, ..] or [0, 0, 0xFE, 0xFF, ..] => "is text in UTF-32; convert it to UTF-8 (iconv -f UTF-32 -t UTF-8)",
        [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => "is text in UTF-16; convert it to UTF-8 (iconv -f UTF-16 -t UTF-8)",
        [not 0, 0, 0, 0, not 0, 0, 0, 0] => "is text in UTF-32 without a byte order mark; convert it to UTF-8 (iconv -f UTF-32LE -t UTF-8)",
        [0, 0, 0, not 0, 0, 0, 0, not 0] => "is text in UTF-32 without a byte order mark; convert it to UTF-8 (iconv -f UTF-32BE -t UTF-8)",
        [not 0, 0, not 0, 0, ..] => "is text in UTF-16 without a byte order mark; convert it to UTF-8 (iconv -f UTF-16LE -t UTF-8)",
        [0, not 0, 0, not 0, ..] => "is text in UTF-16 without a byte order mark; convert it to UTF-8 (iconv -f UTF-16BE -t UTF-8)",
        _ => null,
    };
}
