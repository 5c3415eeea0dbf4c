namespace StreamSegmenter.Tests.Commands;

/// <summary>Carts from records that bring their items.</summary>
public sealed class CartContentsTests
{
    private const string End = """
        {"event_type":"page_viewed","event_time":"2026-03-10T12:00:00Z","customer_id":"z"}
        """;

    [Theory]
    [InlineData("the items of cart_replaced are the cart", "c 10:31:00 q2x1@7.00+r1x2@3.00 =13.00",
        """{"event_type":"cart_replaced","event_time":"2026-03-10T10:00:00Z","customer_id":"c","items":[{"id":"p1","price":5},{"id":"q2","price":7}]}""",
        """{"event_type":"cart_replaced","event_time":"2026-03-10T10:01:00Z","customer_id":"c","items":[{"id":"q2","price":7},{"id":"r1","price":3,"quantity":2}]}""")]
    [InlineData("an empty list empties it", "",
        """{"event_type":"cart_replaced","event_time":"2026-03-10T10:00:00Z","customer_id":"c","items":[{"id":"p1","price":5}]}""",
        """{"event_type":"cart_replaced","event_time":"2026-03-10T10:01:00Z","customer_id":"c","items":[]}""")]
    [InlineData("without a list it is activity", "c 10:31:00 p1x1@5.00 =5.00",
        """{"event_type":"cart_replaced","event_time":"2026-03-10T10:00:00Z","customer_id":"c","items":[{"id":"p1","price":5}]}""",
        """{"event_type":"cart_replaced","event_time":"2026-03-10T10:01:00Z","customer_id":"c","items":null}""")]
    [InlineData("an addition with items adds each", "c 10:31:00 p1x3@5.00+q1x1@2.00 =17.00",
        """{"event_type":"product_added","event_time":"2026-03-10T10:00:00Z","customer_id":"c","product_id":"p1","price":5}""",
        """{"event_type":"product_added","event_time":"2026-03-10T10:01:00Z","customer_id":"c","items":[{"id":"p1","price":5,"quantity":2},{"id":"q1","price":2},{"id":"r1","price":9,"quantity":0}]}""")]
    [InlineData("a checkout's items replace the lines", "c 10:31:00 q1x1@2.00 =2.00",
        """{"event_type":"product_added","event_time":"2026-03-10T10:00:00Z","customer_id":"c","product_id":"p1","price":5}""",
        """{"event_type":"checkout_started","event_time":"2026-03-10T10:01:00Z","customer_id":"c","items":[{"id":"q1","price":2}]}""")]
    [InlineData("an empty list at the checkout replaces nothing", "c 10:31:00 p1x1@5.00 =5.00",
        """{"event_type":"product_added","event_time":"2026-03-10T10:00:00Z","customer_id":"c","product_id":"p1","price":5}""",
        """{"event_type":"checkout_started","event_time":"2026-03-10T10:01:00Z","customer_id":"c","items":[]}""")]
    [InlineData("the cart's own value counts where no line has a price", "c 10:31:00 p1x1+q1x2 =34.90",
        """{"event_type":"product_added","event_time":"2026-03-10T10:00:00Z","customer_id":"c","product_id":"p1"}""",
        """{"event_type":"checkout_started","event_time":"2026-03-10T10:01:00Z","customer_id":"c","total":"34.90","items":[{"id":"p1"},{"id":"q1","quantity":2}]}""")]
    [InlineData("an order takes the cart whatever it lists", "",
        """{"event_type":"product_added","event_time":"2026-03-10T10:00:00Z","customer_id":"c","product_id":"p1","price":5}""",
        """{"event_type":"order_completed","event_time":"2026-03-10T10:01:00Z","customer_id":"c","total":"5","items":[{"id":"other","price":5}]}""")]
    public async Task A_cart_is_what_its_items_say(string what, string triggers, params string[] events)
    {
        using var replayed = await Replayed.OfAsync(string.Join('\n', [.. events, End]));

        Assert.True(replayed.ExitCode == 0, what);
        Assert.Equal(triggers, replayed.Triggers);
        Assert.Empty(replayed.DeadLetters);
    }

    [Theory]
    [InlineData("after: 30m, minTotal: 1", "totalUnknown c 10:30:00 p1x1 =?")]
    [InlineData("after: 30m, maxTotal: 9", "totalUnknown c 10:30:00 p1x1 =?")]
    [InlineData("after: 30m", "")]
    public async Task A_total_that_is_not_known_is_not_too_low(string rule, string suppressed)
    {
        using var replayed = await Replayed.OfAsync(
            """{"event_type":"product_added","event_time":"2026-03-10T10:00:00Z","customer_id":"c","product_id":"p1"}""" + "\n" + End, rule);

        Assert.Equal(suppressed, replayed.Suppressed);
    }

    [Theory]
    [InlineData("a [\n{\"event_type\":\"x\",\"event_time\":1,\"customer_id\":\"c\"}", 1, 1)]
    [InlineData("[{\"event_type\":\"x\",\"event_time\":1,\"customer_id\":\"c\"}, 7,\n {\"event_type\":\"x\",\"event_time\":1,\"customer_id\":\"d\"}]", 2, 1)]
    [InlineData("{\"event_type\":\"x\",\"event_time\":1,\"customer_id\":\"c\"}{\"event_type\":\"x\",\"event_time\":1,\"customer_id\":\"}\"}", 2, 0)]
    [InlineData("{\n \"event_type\":\"x\",\n \"event_time\":1,\n\n{\n \"event_type\":\"x\",\n \"event_time\":1,\"customer_id\":\"d\"\n}\n", 1, 1)]
    [InlineData("[\n  {\n    \"event_type\": \"x\", \"o\": {\"}\": \"{\"},\n    \"event_time\": 1, \"customer_id\": \"c\\\\\"\n  }\n]", 1, 0)]
    public async Task JSON_of_any_layout_is_read_and_what_is_broken_costs_itself_alone(string text, int events, int refused)
    {
        using var replayed = await Replayed.OfAsync(text, file: "events.json");

        Assert.Equal((events, refused), ((int)replayed.Figure("events"), replayed.DeadLetters.Length));
    }

    [Theory]
    [InlineData(new byte[] { (byte)'P', (byte)'K', 3, 4, 0, 0, 0, 0 }, "is a zip archive")]
    [InlineData(new byte[] { (byte)'B', (byte)'Z', (byte)'h', (byte)'9', 0x31, 0x41, 0x59, 0x26 }, "is packed with bzip2")]
    [InlineData(new byte[] { (byte)'{', 0, (byte)'"', 0, (byte)'a', 0, (byte)'"', 0 }, "is text in UTF-16 without a byte order mark")]
    [InlineData(new byte[] { 0xFF, 0xFE, 0, 0, (byte)'{', 0, 0, 0 }, "is text in UTF-32")]
    [InlineData(new byte[] { (byte)'O', (byte)'b', (byte)'j', 1, 0, 0, 0, 0 }, "is an Avro container")]
    public void A_file_that_is_no_text_is_named_with_its_remedy(byte[] start, string expected)
    {
        var error = Assert.Throws<InvalidDataException>(() => Connectors.Files.InputStreams.Unpack(new MemoryStream(start)));

        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_packed_twice_is_named()
    {
        var packed = Gzip(Gzip("{}"u8.ToArray()));

        Assert.StartsWith(
            "is packed twice", Assert.Throws<InvalidDataException>(() => Connectors.Files.InputStreams.Unpack(new MemoryStream(packed))).Message, StringComparison.Ordinal);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(target, System.IO.Compression.CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return target.ToArray();
    }
}
