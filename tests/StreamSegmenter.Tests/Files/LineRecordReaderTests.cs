using System.IO.Compression;
using System.Text;
using StreamSegmenter.Connectors.Files;

namespace StreamSegmenter.Tests.Files;

public sealed class LineRecordReaderTests
{
    [Theory]
    [InlineData("a\nb\n", "1:a 2:b")]
    [InlineData("a\r\nb", "1:a 2:b")]
    [InlineData("\n\na\n\r\n\nb", "3:a 6:b")]
    [InlineData("", "")]
    [InlineData("\"a\nb\"\n", "1:\"a 2:b\"")]
    public void Every_line_is_a_record_and_empty_ones_only_count(string text, string expected) =>
        Assert.Equal(expected, Records(text));

    [Theory]
    [InlineData("x,\"a\nb\"\nc\n", "1:x,\"a⏎b\" 3:c")]
    [InlineData("x,\"a\r\n\"\"b\"\"\"\r\nc", "1:x,\"a␍⏎\"\"b\"\"\" 3:c")]
    [InlineData("\"a\nb\"", "1:\"a⏎b\"")]
    [InlineData("\"a\nb\",c", "1:\"a⏎b\",c")]
    [InlineData("5\" pipe,\nb\n", "1:5\" pipe, 2:b")]
    [InlineData("x,\"open\nb,c\nd\n", "1:x,\"open 2:b,c 3:d")]
    [InlineData("\"a\"b,\"\nc\"\n", "1:\"a\"b,\" 2:c\"")]
    public void In_CSV_a_line_end_inside_quotes_belongs_to_its_record(string text, string expected) =>
        Assert.Equal(expected, Records(text, csvDelimiter: (byte)','));

    [Fact]
    public void A_record_that_is_too_long_is_refused_and_the_next_one_is_read()
    {
        using var reader = Open($"a\n{new string('x', 500_000)}\nb\n", recordBytesMax: 1000);

        Assert.True(reader.Read() && reader.Fault is null);
        Assert.True(reader.Read());
        Assert.StartsWith("the record is longer than 1,000 bytes", reader.Fault, StringComparison.Ordinal);
        Assert.Equal((2, 65536), (reader.Number, reader.Bytes.Length));
        Assert.True(reader.Read() && reader.Fault is null);
        Assert.Equal((3, "b"), (reader.Number, Encoding.UTF8.GetString(reader.Bytes)));
        Assert.False(reader.Read());
    }

    [Fact]
    public void An_open_quote_costs_one_line_even_when_the_rest_is_longer_than_a_record()
    {
        var text = "x,\"open\n" + string.Concat(Enumerable.Repeat("some,line\n", 1000));
        using var reader = Open(text, recordBytesMax: 1000, csvDelimiter: (byte)',');

        var count = 0;
        while (reader.Read())
        {
            count++;
            Assert.Null(reader.Fault);
        }

        Assert.Equal(1001, count);
    }

    [Fact]
    public void A_stream_that_gives_byte_by_byte_gives_the_same_records()
    {
        const string Text = "a,\"b\n\"\"c\"\r\n\nd,e\n\"f\ng";

        Assert.Equal(Records(Text, csvDelimiter: (byte)','), Records(Text, csvDelimiter: (byte)',', byteByByte: true));
    }

    [Fact]
    public void Lines_that_open_and_close_quotes_against_the_grain_take_linear_time()
    {
        // Read from one line on every quote closes, read from the next every quote opens.
        var text = string.Concat(Enumerable.Repeat("b\",\"d\n", 300_000));

        using var reader = Open(text, csvDelimiter: (byte)',');

        var count = 0;
        while (reader.Read())
        {
            count++;
        }

        Assert.Equal(300_000, count);
    }

    [Fact]
    public void Gzip_of_several_members_and_a_byte_order_mark_are_seen_through()
    {
        var packed = new MemoryStream();
        foreach (var part in new[] { "\uFEFFa\nb", "c\nd" })
        {
            using var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true);
            gzip.Write(Encoding.UTF8.GetBytes(part));
        }

        packed.Position = 0;
        using var reader = new LineRecordReader(InputStreams.Open("-", packed));

        Assert.Equal("1:a 2:bc 3:d", Read(reader));
    }

    [Fact]
    public void Text_in_UTF16_is_refused_with_the_remedy()
    {
        var error = Assert.Throws<InputFileException>(() => InputStreams.Open("-", new MemoryStream([0xFF, 0xFE, 65, 0])));

        Assert.Contains("convert it to UTF-8", error.Message, StringComparison.Ordinal);
    }

    private static LineRecordReader Open(string text, int recordBytesMax = FileInput.DefaultRecordBytesMax, byte? csvDelimiter = null) =>
        new(new MemoryStream(Encoding.UTF8.GetBytes(text)), recordBytesMax, csvDelimiter);

    private static string Records(string text, byte? csvDelimiter = null, bool byteByByte = false)
    {
        Stream stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        using var reader = new LineRecordReader(byteByByte ? new TrickleStream(stream) : stream, csvDelimiter: csvDelimiter);
        return Read(reader);
    }

    private static string Read(LineRecordReader reader)
    {
        var records = new List<string>();
        while (reader.Read())
        {
            records.Add($"{reader.Number}:{Encoding.UTF8.GetString(reader.Bytes).Replace('\n', '⏎').Replace('\r', '␍')}");
        }

        return string.Join(' ', records);
    }

    private sealed class TrickleStream(Stream inner) : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, Math.Min(1, count));
    }
}
