using StreamSegmenter.Connectors.Codecs.Csv;
using StreamSegmenter.Connectors.Codecs.Mapping;

namespace StreamSegmenter.Connectors.Files;

internal enum FileFormat : byte
{
    /// <summary>JSON objects: one a line, in an array, or one behind the other.</summary>
    JsonLines,

    /// <summary>A table as text.</summary>
    Csv,

    /// <summary>An Avro container file.</summary>
    Avro,
}

/// <summary>One file of events.</summary>
internal sealed record FileInput
{
    /// <summary>Longest record unless said otherwise.</summary>
    public const int DefaultRecordBytesMax = 16 * 1024 * 1024;

    /// <summary>Where the file is; <c>-</c> is standard input. Gzip is recognised by its first bytes, whatever the name.</summary>
    public required string Path { get; init; }

    /// <summary>How dead letters and late events call the file.</summary>
    public required string Name { get; init; }

    public FileFormat Format { get; init; } = FileFormat.JsonLines;

    public CsvOptions Csv { get; init; } = new();

    public InputMapping Mapping { get; init; } = InputMapping.Default;

    /// <summary>True for a file that is not in time order: it is read whole and delivered by (event time, line, place in the
    /// line). Costs about 120 bytes of memory an event beside its text.</summary>
    public bool SortByEventTime { get; init; }

    /// <summary>A longer record is refused; the file goes on behind it.</summary>
    public int RecordBytesMax { get; init; } = DefaultRecordBytesMax;

    /// <summary>The format that a file's name tells, <c>.gz</c> aside.</summary>
    public static FileFormat FormatOf(string path)
    {
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return System.IO.Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".csv" or ".tsv" or ".txt" => FileFormat.Csv,
            ".avro" => FileFormat.Avro,
            _ => FileFormat.JsonLines,
        };
    }
}
