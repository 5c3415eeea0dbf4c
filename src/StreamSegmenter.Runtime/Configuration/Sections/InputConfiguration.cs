using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Codecs.Csv;
using StreamSegmenter.Connectors.Codecs.Mapping;

namespace StreamSegmenter.Runtime.Configuration.Sections;

/// <param name="Topic">What <c>run</c> reads; null: only a file.</param>
/// <param name="File">What <c>replay</c> reads; null: only a topic.</param>
/// <param name="Mapping">Its currency is that of prices which name none: the input's own, else the shop's.</param>
internal sealed record InputConfiguration(
    string? Topic, string? File, RecordFormat Format, bool SortByEventTime, long MaxOutOfOrdernessMs, InputMapping Mapping,
    CsvOptions Csv)
{
    /// <summary>For messages: the topic, else the file.</summary>
    public string Name => Topic ?? File ?? "";
}
