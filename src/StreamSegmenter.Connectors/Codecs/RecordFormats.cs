namespace StreamSegmenter.Connectors.Codecs;

internal static class RecordFormats
{
    /// <summary>The format that a file's name implies, <c>.gz</c> aside; JSON where it implies none.</summary>
    public static RecordFormat OfFile(string path)
    {
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".csv" or ".tsv" => RecordFormat.Csv,
            ".avro" => RecordFormat.Avro,
            _ => RecordFormat.Json,
        };
    }
}
