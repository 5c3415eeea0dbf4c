namespace StreamSegmenter.Connectors.Files;

/// <summary>Whether a JSON file has one object a line, or objects in an array, over several lines or one behind the other. Its beginning
/// tells; a first line that is merely broken is a line.</summary>
internal static class JsonLayout
{
    /// <summary>How much of the file is looked at.</summary>
    public const int BytesNeeded = 16 * 1024;

    public static bool IsLines(ReadOnlySpan<byte> start)
    {
        var text = start.TrimStart(" \t\r\n"u8);
        if (text.IsEmpty || text[0] != '{')
        {
            return text.IsEmpty || text[0] != '[';
        }

        var scanner = new JsonObjectScanner();
        var end = scanner.Find(text);
        var line = text.IndexOf((byte)'\n');
        if (end < 0 || (line >= 0 && line < end))
        {
            return line < 0 || !GoesOnInside(text[line..]);
        }

        // More than one object in a line.
        var rest = (line < 0 ? text[end..] : text[end..line]).Trim(" \t\r"u8);
        return rest.IsEmpty || rest[0] is not ((byte)',' or (byte)'{');
    }

    // The next line is a part of the object that the first began.
    private static bool GoesOnInside(ReadOnlySpan<byte> text)
    {
        text = text.TrimStart(" \t\r\n"u8);
        return !text.IsEmpty && text[0] is (byte)'"' or (byte)'}' or (byte)',' or (byte)':';
    }
}
