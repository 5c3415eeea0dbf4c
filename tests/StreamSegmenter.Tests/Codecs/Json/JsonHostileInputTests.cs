using System.Text;
using StreamSegmenter.Connectors.Codecs.Json;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Tests.Codecs.Json;

public sealed class JsonHostileInputTests
{
    private const string Head = """{"event_type":"x","event_time":1659304800025,"customer_id":"c",""";

    private static readonly InputMapping Unfolding = Decoded.Map(("customer_id", "^.session")) with { Unfold = "events" };

    [Fact]
    public void Thirty_two_levels_are_read_and_what_is_deeper_is_left_out()
    {
        string Nested(int levels) =>
            Head + string.Concat(Enumerable.Repeat("\"a\":{", levels - 1)) + "\"b\":1" + new string('}', levels);

        Assert.Equal(DecodeStatus.Decoded, Decoded.Json(Nested(32)).Outcome.Status);
        Assert.Null(Decoded.Json(Nested(32)).Outcome.Reason);
        Assert.Contains("is nested deeper than 32 levels", Decoded.Json(Nested(33)).Outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(1, Decoded.Json(Nested(900)).Count);
    }

    [Fact]
    public void A_million_brackets_are_refused_at_once() =>
        Assert.Equal(DecodeStatus.Refused, Decoded.Json(Head + "\"a\":" + new string('[', 1_000_000)).Outcome.Status);

    [Fact]
    public void A_path_that_is_too_long_is_left_out() =>
        Assert.StartsWith(
            "the path of a value is longer than 255 bytes",
            Decoded.Json(Head + $"\"{new string('n', 200)}\":{{\"{new string('m', 60)}\":1}}}}").Outcome.Reason,
            StringComparison.Ordinal);

    [Fact]
    public void More_properties_than_an_event_can_hold_are_left_out() =>
        Assert.StartsWith(
            "the properties have more than 40,960 bytes",
            Decoded.Json(Head + $"\"note\":\"{new string('n', 70_000)}\"}}").Outcome.Reason,
            StringComparison.Ordinal);

    [Fact]
    public void An_identifier_that_is_too_long_is_left_out() =>
        Assert.Equal(
            "cart_id is 1,025 bytes long; at most 1,024 are taken",
            Decoded.Json(Head + $"\"cart_id\":\"{new string('k', 1025)}\"}}").Outcome.Reason);

    [Fact]
    public void Countless_empty_values_are_not_collected()
    {
        var json = Head + string.Concat(Enumerable.Repeat("\"\":\"\",", 100_000)) + "\"z\":1}";

        Assert.StartsWith("the properties have more than", Decoded.Json(json).Outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_array_that_unfolds_without_measure_is_refused()
    {
        var elements = string.Join(',', Enumerable.Repeat("""{"type":"x","timestamp":1}""", JsonEventDecoder.UnfoldedEventsMax + 1));

        var decoded = Decoded.Json($$"""{"session":1,"events":[{{elements}}]}""", Unfolding);

        Assert.StartsWith("'events' unfolds to more than", decoded.Outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(0, decoded.Count);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused() =>
        Assert.StartsWith("the record is not UTF-8", Decoded.Json([.. "{\"a\":\""u8, 0xC3, 0x28, .. "\"}"u8]).Outcome.Reason, StringComparison.Ordinal);

    [Fact]
    public void Random_bytes_and_mutated_records_never_throw_and_leave_no_half_event()
    {
        var random = new Random(20260101);
        var seeds = new[]
        {
            Head + "\"price\":\"1.5\",\"properties\":{\"a\":[1,{\"b\":2}],\"c\":\"\\u00e9\"},\"currency\":\"EUR\"}",
            """{"session":7,"events":[{"type":"a","timestamp":"2022-08-01T10:00:00Z"},{"type":"b","timestamp":5}]}""",
        };
        // A constant type, since the types of a process are bounded and other tests need some.
        var plain = new JsonEventDecoder(CompiledMapping.Of(Decoded.Map(("event_type", "=x"))));
        var unfolding = new JsonEventDecoder(CompiledMapping.Of(Unfolding with { Fields = Unfolding.Fields.Add("event_type", "=x") }));
        var decoded = new Decoded();
        for (var round = 0; round < 40_000; round++)
        {
            var bytes = Mutate(Encoding.UTF8.GetBytes(seeds[round % 2]), random);
            decoded.Batch.Clear();

            decoded.Decode(round % 2 == 0 ? plain : unfolding, bytes);

            Assert.True(decoded.Outcome.Status == DecodeStatus.Decoded || (decoded.Count == 0 && decoded.Batch.BytesUsed == 0));
        }
    }

    [Fact]
    public void Decoding_allocates_nothing_in_steady_state()
    {
        var decoder = new JsonEventDecoder(CompiledMapping.Of(InputMapping.Default));
        var unfolding = new JsonEventDecoder(CompiledMapping.Of(Unfolding));
        var one = Encoding.UTF8.GetBytes(Head + "\"price\":\"1.5\",\"currency\":\"SEK\",\"n\\u00e4\":{\"a\":1.25,\"b\":true,\"c\":\"\\n\"}}");
        var many = """{"session":7,"events":[{"type":"x","timestamp":"2022-08-01T10:00:00Z"},{"type":"x","timestamp":5}]}"""u8.ToArray();
        var batch = new EventBatch();
        // The least of the rounds: what the runtime allocates for itself (a method compiled anew) falls into some of them, a
        // decoder's own into all.
        var least = long.MaxValue;
        for (var round = 0; round < 300; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            batch.Clear();
            decoder.Decode(new SourceRecord { Input = 0, Partition = 0, Offset = 1, Value = one }, batch);
            unfolding.Decode(new SourceRecord { Input = 0, Partition = 0, Offset = 1, Value = many }, batch);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
        Assert.Equal(3, batch.Count);
    }

    /// <summary>Changes, drops, doubles or cuts some bytes; one record in eight is noise from end to end.</summary>
    internal static byte[] Mutate(byte[] bytes, Random random)
    {
        if (random.Next(8) == 0)
        {
            random.NextBytes(bytes);
            return bytes;
        }

        const string Interesting = "\"{}[],:\\0-e.\n\r\t; ";
        for (var changes = random.Next(1, 6); changes > 0; changes--)
        {
            var at = random.Next(bytes.Length);
            bytes = random.Next(5) switch
            {
                0 => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 9))..], (byte)'"'],
                1 => [.. bytes[..at], .. bytes[Math.Max(0, at - random.Next(9))..]],
                2 => [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]],
                3 => [.. bytes[..at], (byte)Interesting[random.Next(Interesting.Length)], .. bytes[(at + 1)..]],
                _ => random.Next(4) == 0 ? [.. bytes[..at], (byte)'}'] : bytes,
            };
        }

        return bytes;
    }
}
