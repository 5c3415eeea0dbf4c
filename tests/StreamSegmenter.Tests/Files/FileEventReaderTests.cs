using System.IO.Compression;
using System.Text;
using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Files;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Tests.Codecs;

namespace StreamSegmenter.Tests.Files;

public sealed class FileEventReaderTests
{
    private const string Unsorted =
        """
        {"type":"x","timestamp":30,"user_id":"a"}
        {"type":"x","timestamp":10,"user_id":"b"}
        oops
        {"type":"x","timestamp":10,"user_id":"c"}
        {"type":"x","timestamp":20,"user_id":"d"}
        """;

    [Fact]
    public void Events_come_in_file_order_with_their_lines()
    {
        var polled = ReadAll(Unsorted, sort: false, portion: 2);

        Assert.Equal("a1 b2 c4 d5", Describe(polled));
        Assert.Equal(5, polled.RecordCount);
    }

    [Fact]
    public void A_file_may_be_sorted_by_event_time_and_equal_times_keep_their_order()
    {
        Assert.Equal("b2 c4 d5 a1", Describe(ReadAll(Unsorted, sort: true, portion: 2)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_line_that_cannot_be_read_becomes_a_dead_letter(bool sort)
    {
        var letter = Assert.Single(ReadAll(Unsorted, sort, portion: 100).Refused);

        Assert.Equal(("clicks", 0, 3), (letter.Source, letter.Partition, letter.Offset));
        Assert.Equal("oops", Encoding.UTF8.GetString(letter.Value.Span));
        Assert.StartsWith("not readable JSON", letter.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_large_unsorted_file_is_sorted_across_batches()
    {
        var random = new Random(5);
        var text = new StringBuilder();
        for (var i = 0; i < 50_000; i++)
        {
            text.Append("{\"type\":\"x\",\"user_id\":\"u\",\"timestamp\":").Append(random.Next(1, 9000)).Append("}\n");
        }

        var events = ReadAll(text.ToString(), sort: true, portion: 999).Events;

        Assert.Equal(50_000, events.Count);
        for (var i = 1; i < events.Count; i++)
        {
            Assert.True((events[i - 1].EventTimeMs, events[i - 1].Offset).CompareTo((events[i].EventTimeMs, events[i].Offset)) < 0);
        }
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.StartsWith(
            "nowhere.csv: there is no such file",
            Assert.Throws<InputFileException>(() => FileEventReader.Open(new FileInput { Path = "nowhere.csv", Name = "n" }, 0)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_header_without_a_mapped_column_is_reported_before_anything_is_read()
    {
        var input = new FileInput
        {
            Path = "-", Name = "sales.csv", Format = RecordFormat.Csv, Mapping = Decoded.Map(("customer_id", "user")),
        };

        var error = Assert.Throws<InputFileException>(() => FileEventReader.Open(input, 0, new MemoryStream("timestamp,type\n1,2\n"u8.ToArray())));

        Assert.Equal("sales.csv: customer_id is read from column 'user', which is not there; the columns are timestamp, type", error.Message);
    }

    [Fact]
    public void Gzip_that_is_cut_off_is_an_error_and_not_a_short_file()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{{\"type\":\"{i * 7919}\"}}\n"))));
        }

        var cut = new MemoryStream(packed.ToArray()[..(int)(packed.Length / 2)]);
        using var reader = FileEventReader.Open(new FileInput { Path = "-", Name = "cut.gz" }, 0, cut);

        var error = Assert.Throws<InputFileException>(() =>
        {
            while (reader.Read(new PolledRecords(), 1000))
            {
            }
        });
        Assert.StartsWith("cut.gz: cannot be read on behind record", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.csv", RecordFormat.Csv)]
    [InlineData("a.CSV.gz", RecordFormat.Csv)]
    [InlineData("a.tsv", RecordFormat.Csv)]
    [InlineData("a.jsonl.gz", RecordFormat.Json)]
    [InlineData("-", RecordFormat.Json)]
    public void A_file_name_implies_its_format(string path, Enum format) => Assert.Equal((RecordFormat)format, RecordFormats.OfFile(path));

    private static PolledRecords ReadAll(string text, bool sort, int portion)
    {
        var input = new FileInput { Path = "-", Name = "clicks", SortByEventTime = sort };
        using var reader = FileEventReader.Open(input, 0, new MemoryStream(Encoding.UTF8.GetBytes(text)));
        var polled = new PolledRecords();
        while (reader.Read(polled, portion))
        {
        }

        return polled;
    }

    private static string Describe(PolledRecords polled)
    {
        var words = new List<string>();
        foreach (ref var e in polled.Events.Events)
        {
            words.Add($"{Encoding.UTF8.GetString(polled.Events.Text(in e, e.CustomerId))}{e.Offset}");
        }

        return string.Join(' ', words);
    }
}
