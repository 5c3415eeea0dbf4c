using StreamSegmenter.Tests.Commands;
using StreamSegmenter.Tests.Configuration;

namespace StreamSegmenter.Tests.Presets;

/// <summary>Each system's events as it writes them, read by its preset and nothing else.</summary>
public sealed class PresetTests
{
    private const string Cart = "u1 10:31:00 p1x1@19.99+p2x2@30.00 =79.99";

    [Theory]
    [InlineData("ga4-bigquery", 9, 3, 2, 1, 10485, "11.22 10:30:30 sku-1x1@10.00+sku-2x2@20.00 =50.00")]
    [InlineData("segment", 8, 4, 3, 1, 8749, "an-2 10:32:00 p1x1@19.99+p2x2@30.00 =79.99 | " + Cart)]
    [InlineData("rudderstack", 8, 4, 3, 1, 8749, "an-2 10:32:00 p1x1@19.99+p2x2@30.00 =79.99 | " + Cart)]
    [InlineData("shopify", 8, 4, 4, 1, 7990, "tok-1 10:31:00 101x1@49.90+102x2@10.00 =69.90")]
    [InlineData("woocommerce", 6, 4, 2, 2, 3230, "bob@example.com 10:30:00 93x2@15.00+23x1@7.50 =37.50")]
    [InlineData("snowplow", 8, 3, 2, 1, 990, "d1 10:31:00 p1x1@12.50+p2x2@30.00 =72.50")]
    [InlineData("mixpanel", 7, 3, 2, 1, 2000, "u1 10:31:00 p1x1@12.00+p2x2@5.50 =23.00")]
    [InlineData("amplitude", 8, 4, 3, 1, 1700, "d2 10:32:00 p3x2@20.00 =40.00 | u1 10:31:00 p1x1@12.00+p2x1@5.00 =17.00")]
    [InlineData("posthog", 6, 3, 2, 1, 1240, "u1 10:31:00 p1x1@12.00+p2x2@4.00 =20.00")]
    [InlineData("matomo", 7, 3, 2, 1, 1290, "v1 10:32:00 p1x1@12.50+p2x2@10.00 =32.50")]
    [InlineData("adobe-xdm", 8, 3, 2, 1, 1490, "e1 10:32:00 p1x1@12.50+p2x3@20.00 =72.50")]
    public async Task A_systems_events_are_read_by_its_preset(
        string preset, int events, int sessions, int withCart, int orders, int revenue, string triggers)
    {
        using var replayed = await Replayed.RunAsync(RepositoryFiles.PathOf($"samples/presets/{preset}.yaml"));

        Assert.Equal((0, ""), (replayed.ExitCode, string.Join('\n', replayed.DeadLetters)));
        Assert.Equal(triggers, replayed.Triggers);
        Assert.Equal((events, sessions, withCart), (replayed.Figure("events"), replayed.Figure("sessions"), replayed.Figure("sessionsWithCart")));
        Assert.Equal((orders, revenue), replayed.Revenue());
    }

    [Fact]
    public void There_is_a_sample_for_each_preset() => Assert.Equal(
        StreamSegmenter.Runtime.Configuration.Shapes.Presets.Names,
        Directory.GetFiles(RepositoryFiles.PathOf("samples/presets"), "*.yaml").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));

    [Fact]
    public async Task Test_orders_are_filtered_and_counted()
    {
        using var replayed = await Replayed.RunAsync(RepositoryFiles.PathOf("samples/presets/shopify.yaml"));

        Assert.Equal(1, replayed.Figure("filtered"));
    }

    [Fact]
    public async Task Keys_of_the_input_override_the_preset()
    {
        using var replayed = await Replayed.RunAsync(
            RepositoryFiles.PathOf("samples/presets/shopify.yaml"), "--set", "inputs[0].where=event_type != 'order_completed'",
            "--set", "inputs[0].mapping.fields.event_id==same");

        Assert.Equal((2L, 7L), (replayed.Figure("filtered"), replayed.Figure("events")));
    }
}
