using System.Text;
using FsCheck;
using FsCheck.Fluent;
using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Files;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Tests.Files;

public sealed class CsvRoundTripTests
{
    [Fact]
    public void Whatever_a_table_holds_reads_back_when_it_was_quoted_by_the_RFC() =>
        Prop.ForAll<NonNull<string>[], bool>(ReadsBack).QuickCheckThrowOnFailure();

    [Fact]
    public void Whatever_the_bytes_of_a_file_are_every_line_is_an_event_or_a_dead_letter() =>
        Prop.ForAll<byte[]>(bytes => Read([.. "event_time,event_type,customer_id,note\n"u8, .. bytes]).RecordCount >= 0)
            .QuickCheckThrowOnFailure();

    private static bool ReadsBack(NonNull<string>[] cells, bool returns)
    {
        // A letter in front keeps a cell from being empty or a number; text that is no Unicode cannot stand in a file.
        var texts = cells.Select(cell => "t" + Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(cell.Get))).ToList();
        var file = new StringBuilder("event_time,event_type,customer_id,note\n");
        foreach (var text in texts)
        {
            file.Append("1,x,c,\"").Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append(returns ? "\"\r\n" : "\"\n");
        }

        var events = Read(Encoding.UTF8.GetBytes(file.ToString())).Events;
        return texts.SequenceEqual(Enumerable.Range(0, events.Count).Select(index => Note(events, index)));
    }

    private static string Note(EventBatch events, int index)
    {
        var properties = events.Properties(in events[index]);
        return properties.Find("note"u8) ? Encoding.UTF8.GetString(properties.Text) : "";
    }

    private static PolledRecords Read(byte[] file)
    {
        var input = new FileInput { Path = "-", Name = "table", Format = RecordFormat.Csv };
        using var reader = FileEventReader.Open(input, 0, new MemoryStream(file));
        var polled = new PolledRecords();
        while (reader.Read(polled, 7))
        {
        }

        return polled;
    }
}
