using System.Text;
using StreamSegmenter.Connectors.Codecs.Csv;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;
using StreamSegmenter.Tests.Codecs.Json;

namespace StreamSegmenter.Tests.Codecs.Csv;

public sealed class CsvEventDecoderTests
{
    private const string Header = "event_time,event_type,user_id,product_id,price,brand";

    private static readonly InputMapping ByPlace = Decoded.Map(
        ("customer_id", "$1"), ("product_id", "$2"), ("category", "$3"), ("event_type", "$4"), ("event_time", "$5"));

    [Fact]
    public void A_line_is_read_by_the_names_of_its_header()
    {
        var decoded = Decoded.Csv(Header, "2019-10-01 00:00:00 UTC,view,541312140,44600062,35.79,shiseido");

        var e = decoded.Only;
        Assert.Equal(1569888000000, e.EventTimeMs);
        Assert.Equal(3579, e.PriceMinor);
        Assert.Equal("541312140", decoded.Text(x => x.CustomerId));
        Assert.Equal("brand=text:shiseido", decoded.Properties());
    }

    [Theory]
    [InlineData(',')]
    [InlineData(';')]
    [InlineData('\t')]
    public void Quoted_cells_hold_delimiters_line_ends_and_doubled_quotes(char delimiter)
    {
        var decoded = Decoded.Csv(
            Header.Replace(',', delimiter), "1,view,c,p,,\"one, two; three\tfour\n\"\"five\"\"\"".Replace("1,view,c,p,,", "1,view,c,p,,".Replace(',', delimiter)), null, delimiter);

        Assert.Equal("brand=text:one, two; three\tfour\n\"five\"", decoded.Properties());
    }

    [Fact]
    public void An_empty_cell_is_absent()
    {
        var decoded = Decoded.Csv(Header, "1,view,c,\"\",,");

        Assert.True(decoded.Only.ProductId.IsEmpty);
        Assert.False(decoded.Only.Has(EventFields.Price));
        Assert.Equal("", decoded.Properties());
    }

    [Theory]
    [InlineData("12.5", "number:12.5")]
    [InlineData("-3", "number:-3")]
    [InlineData("0", "number:0")]
    [InlineData("true", "boolean:true")]
    [InlineData("007", "text:007")]
    [InlineData("2103807459595387724", "text:2103807459595387724")]
    [InlineData("1e3", "text:1e3")]
    [InlineData("5\" pipe", "text:5\" pipe")]
    public void A_property_has_the_type_that_its_text_shows(string cell, string expected) =>
        Assert.Equal("brand=" + expected, Decoded.Csv(Header, "1,view,c,,," + cell).Properties());

    [Fact]
    public void Columns_without_a_header_are_counted_by_the_mapping()
    {
        var decoded = DecodeByPlace("1,2268318,2520377,pv,1511544070");

        Assert.Equal(1511544070000, decoded.Only.EventTimeMs);
        Assert.Equal(("1", "2268318", "2520377"), (decoded.Text(e => e.CustomerId), decoded.Text(e => e.ProductId), decoded.Text(e => e.Category)));
        Assert.Equal("", decoded.Properties());
    }

    [Fact]
    public void A_line_that_is_cut_off_is_refused_with_the_missing_column() =>
        Assert.Equal(
            "line is cut off: column 5 of 5 (event_time) is missing", DecodeByPlace("100370,1968385,1875258,pv").Outcome.Reason);

    [Theory]
    [InlineData("1,view,c", "line is cut off: column 4 of 6 (product_id) is missing")]
    [InlineData("1,view,c,p,1,b,x", "line has 7 columns where 6 are named; quote a cell that holds the delimiter")]
    [InlineData("1,view,c,p,1,\"b", "column 6: a quoted cell does not end")]
    [InlineData("1,view,\"c\"d,p,1,b", "column 3: a quoted cell goes on behind its closing quote; write a quote inside a cell twice")]
    public void A_line_that_does_not_fit_its_table_is_refused(string line, string reason) =>
        Assert.Equal(reason, Decoded.Csv(Header, line).Outcome.Reason);

    [Fact]
    public void One_column_may_feed_two_fields()
    {
        var decoded = Decoded.Csv(Header, "1,view,c,p,,", Decoded.Map(("event_id", "product_id"), ("product_id", "product_id"), ("properties.sku", "product_id")));

        Assert.Equal(("p", "p", "sku=text:p"), (decoded.Text(e => e.EventId), decoded.Text(e => e.ProductId), decoded.Properties()));
    }

    [Fact]
    public void A_mapped_column_that_the_header_lacks_is_a_problem_with_the_nearest_name()
    {
        var decoder = CsvEventDecoder.CreateFromHeader(
            "event_time,event_type,user_id"u8, CompiledMapping.Of(Decoded.Map(("customer_id", "userid"))), new CsvOptions(), out var problem);

        Assert.Null(decoder);
        Assert.Equal("customer_id is read from column 'userid', which is not there; did you mean 'user_id'?", problem);
    }

    [Theory]
    [InlineData("a,b", "no column for event_time, event_type, customer_id; name one in the mapping, the columns are a, b")]
    [InlineData("timestamp,type,anonymousId", "")]
    [InlineData("a,\"b", "the header cannot be read: a quoted cell does not end")]
    public void A_header_that_cannot_make_an_event_is_a_problem(string header, string expected)
    {
        CsvEventDecoder.CreateFromHeader(
            Encoding.UTF8.GetBytes(header), CompiledMapping.Of(InputMapping.Default), new CsvOptions(), out var problem);

        Assert.Equal(expected, problem);
    }

    [Fact]
    public void A_delimiter_that_cannot_separate_is_a_problem()
    {
        Assert.Null(CsvEventDecoder.Create(CompiledMapping.Of(ByPlace), new CsvOptions { Delimiter = '"' }, out var problem));
        Assert.StartsWith("the delimiter '\"' cannot separate columns", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_bytes_and_mutated_lines_never_throw()
    {
        var random = new Random(7);
        var decoder = CsvEventDecoder.CreateFromHeader(
            Encoding.UTF8.GetBytes(Header), CompiledMapping.Of(Decoded.Map(("event_type", "=x"))), new CsvOptions(), out _)!;
        var decoded = new Decoded();
        for (var round = 0; round < 40_000; round++)
        {
            decoded.Batch.Clear();

            decoded.Decode(decoder, JsonHostileInputTests.Mutate("1659304800025,view,\"c\"\"1\",p,1.5,\"a,b\""u8.ToArray(), random));

            Assert.True(decoded.Outcome.Status == DecodeStatus.Decoded || decoded.Batch.BytesUsed == 0);
        }
    }

    [Fact]
    public void Decoding_allocates_nothing_in_steady_state()
    {
        var decoder = CsvEventDecoder.CreateFromHeader(
            Encoding.UTF8.GetBytes(Header), CompiledMapping.Of(InputMapping.Default), new CsvOptions(), out _)!;
        var line = "2019-10-01 00:00:00 UTC,view,541312140,44600062,35.79,\"shi\"\"seido\""u8.ToArray();
        var batch = new EventBatch();
        // The least of the rounds: what the runtime allocates for itself (a method compiled anew) falls into some of them, a
        // decoder's own into all.
        var least = long.MaxValue;
        for (var round = 0; round < 300; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            batch.Clear();
            decoder.Decode(new SourceRecord { Input = 0, Partition = 0, Offset = 1, Value = line }, batch);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
        Assert.Equal(1, batch.Count);
    }

    private static Decoded DecodeByPlace(string line)
    {
        var decoder = CsvEventDecoder.Create(CompiledMapping.Of(ByPlace), new CsvOptions { Header = false }, out _)!;
        var decoded = new Decoded();
        decoded.Decode(decoder, Encoding.UTF8.GetBytes(line));
        return decoded;
    }
}
