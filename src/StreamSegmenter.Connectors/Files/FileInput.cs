using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Codecs.Csv;
using StreamSegmenter.Connectors.Codecs.Mapping;

namespace StreamSegmenter.Connectors.Files;

/// <summary>One file of events.</summary>
internal sealed record FileInput
{
    /// <summary>Default of the longest record.</summary>
    public const int DefaultRecordBytesMax = 16 * 1024 * 1024;

    /// <summary>Where the file is; <c>-</c> is standard input. Gzip is recognised by its first bytes, whatever the name.</summary>
    public required string Path { get; init; }

    /// <summary>How dead letters and late events call the file.</summary>
    public required string Name { get; init; }

    public RecordFormat Format { get; init; } = RecordFormat.Json;

    public CsvOptions Csv { get; init; } = new();

    public InputMapping Mapping { get; init; } = InputMapping.Default;

    /// <summary>True for a file that is not in time order: it is read whole and delivered by (event time, line, place in the
    /// line). Costs about 120 bytes of memory an event beside its text.</summary>
    public bool SortByEventTime { get; init; }

    /// <summary>A longer record is refused; the file goes on behind it.</summary>
    public int RecordBytesMax { get; init; } = DefaultRecordBytesMax;
}
