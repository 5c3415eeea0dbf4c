namespace StreamSegmenter.Tests.Commands;

/// <summary>Small inputs in the shapes that real shops have, each with its right answer; they stand beside the repository.</summary>
public sealed class SharedCasesTests
{
    [Theory]
    [InlineData("02-ga4-no-unfold", "config", "111.222 10:30:20 sku-1x1@10.00+sku-2x2@20.00 =50.00", 6, 0, 0)]
    [InlineData("03-segment-products-array", "config", "u1 10:32:00 p1x1@19.99+p2x2@30.00 =79.99 | u2 10:32:00 p1x1@19.99+p2x2@30.00 =79.99", 8, 1, 0)]
    [InlineData("07-amplitude-insert-id", "config", "u1 10:30:01 p1x1@12.00+p2x1@5.00 =17.00", 5, 1, 0)]
    [InlineData("07-amplitude-insert-id", "config-without-event-id", "u1 10:30:01 p1x1@12.00+p2x1@5.00 =17.00", 5, 1, 0)]
    [InlineData("09-unfold-with-message-id", "config", "u1 10:30:00 p1x1@10.00+p2x2@20.00+p3x1@5.00 =55.00", 7, 0, 0)]
    [InlineData("21-time-spellings", "config", "", 26, 0, 12)]
    [InlineData("24-order-lost-for-one-bad-field", "config", "", 19, 9, 8)]
    [InlineData("29-quantity-zero-and-negative", "config",
        "neg 10:31:00 p1x1@10.00 =10.00 | nopid 10:31:00 x1@10.00+x1@20.00 =30.00 | rem 10:30:00 p1x3@10.00 =30.00", 10, 0, 0)]
    public async Task A_case_gives_its_right_answer(string folder, string config, string triggers, int events, int ordered, int deadLetters)
    {
        // Case 03 compares identities, which are refused; the rest of it holds.
        string[] others = folder.StartsWith("03", StringComparison.Ordinal)
            ? ["--set", "segments[4].when=did(any)", "--set", "segments[5].when=did(any)", "--set", "segments[6].when=did(any)"]
            : [];
        using var replayed = await Replayed.RunAsync(PathOf($"{folder}/{config}.yaml"), others);

        Assert.Equal(0, replayed.ExitCode);
        Assert.Equal(triggers, replayed.Triggers);
        Assert.Equal((events, ordered, deadLetters), (replayed.Figure("events"), replayed.Figure("sessionsWithOrder"), replayed.DeadLetters.Length));
    }

    [Fact]
    public async Task Conditions_on_identities_are_refused_with_their_places()
    {
        using var replayed = await Replayed.RunAsync(PathOf("03-segment-products-array/config.yaml"));

        Assert.Equal(2, replayed.ExitCode);
        Assert.Contains("'customer_id' names one customer or one event and cannot be compared", replayed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pretty.json")]
    [InlineData("array.json")]
    [InlineData("commas.json")]
    [InlineData("concat.json")]
    public async Task Whatever_the_layout_of_JSON_its_two_events_give_a_trigger(string file)
    {
        using var replayed = await Replayed.RunAsync(PathOf("20-json-array-file/config.yaml"), "--set", $"inputs[0].file={PathOf($"20-json-array-file/{file}")}");

        Assert.Equal((0, 2L, "u1 10:30:00 p1x1 =?"), (replayed.ExitCode, replayed.Figure("events"), replayed.Triggers));
    }

    [Fact]
    public async Task Where_nothing_can_be_read_the_reason_is_on_the_console_and_the_exit_code_is_one()
    {
        using var replayed = await Replayed.RunAsync(PathOf("20-json-array-file/config.yaml"), "--set", $"inputs[0].file={PathOf("20-json-array-file/matomo.json")}");

        Assert.Equal(1, replayed.ExitCode);
        Assert.Contains("none of 1 records could be read", replayed.Error, StringComparison.Ordinal);
        Assert.Contains("event_time is missing", replayed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_visits_of_that_file_are_read_by_their_preset()
    {
        using var replayed = await Replayed.RunAsync(
            PathOf("20-json-array-file/config.yaml"), "--set", $"inputs[0].file={PathOf("20-json-array-file/matomo.json")}", "--set", "inputs[0].preset=matomo", "--drain");

        Assert.Equal((0, 2L), (replayed.ExitCode, replayed.Figure("events")));
    }

    [Fact]
    public async Task Every_time_means_the_same_instant_or_is_refused()
    {
        using var replayed = await Replayed.RunAsync(PathOf("21-time-spellings/config.yaml"));

        Assert.All(
            replayed.Lines("segment-membership"),
            change => Assert.Contains(change.GetProperty("at").GetString()![..19], (string[])["2026-03-10T10:00:00", "2026-03-10T10:00:01", "2026-03-10T00:00:00", "2026-03-11T00:00:00", "2026-03-10T10:01:00"]));
    }

    [Fact]
    public async Task Placeholders_are_nobodys_ids_and_padding_is_no_part_of_one()
    {
        using var replayed = await Replayed.RunAsync(
            PathOf("27-placeholder-and-padded-ids/config.yaml"), "--set", "inputs[0].mapping={fields: {customer_id: {from: customer_id, lower: true}}}");

        Assert.Equal("a1 10:30:00 p1x1@5.00 =5.00 | a2 10:31:00 p2x1@7.00 =7.00 | e\u0301milie 10:30:00 p1x1@5.00 =5.00", replayed.Triggers);
        Assert.StartsWith("refused 8 neither customer_id nor anonymous_id is there", Assert.Single(replayed.DeadLetters), StringComparison.Ordinal);
    }

    private static string PathOf(string file)
    {
        SharedData.Require();
        var path = Path.Combine(SharedData.Root!, "..", "cases", file);
        Assert.SkipUnless(File.Exists(path), "needs shared/cases beside the project");
        return path;
    }
}
