using System.Globalization;
using StreamSegmenter.Runtime;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Triggers;

/// <summary>The rules of a configuration over events that a program hands in.</summary>
public sealed class StorefrontRulesTests : IDisposable
{
    private const string Yaml = """
        inputs:
          - topic: shop
        cartAbandonment:
          - id: forgotten
            after: 30m
        segments:
          - id: buyer
            when: did(order_completed, 1h)
        """;

    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"rules-{Guid.NewGuid():N}.yaml");
    private readonly StorefrontRules _rules;

    public StorefrontRulesTests()
    {
        File.WriteAllText(_file, Yaml);
        _rules = StorefrontRules.Load(_file);
    }

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_cart_is_abandoned_at_its_deadline_and_not_before()
    {
        Assert.Empty(_rules.Apply(Event("product_added", Noon)).Triggers);
        Assert.Empty(_rules.AdvanceTo(Noon.AddMinutes(30).AddMilliseconds(-1)).Triggers);

        var trigger = Assert.Single(_rules.AdvanceTo(Noon.AddMinutes(30)).Triggers);
        Assert.Equal(("forgotten", TriggerKind.Emitted, "ann"), (trigger.Rule, trigger.Kind, trigger.CustomerId));
        Assert.Empty(_rules.AdvanceTo(Noon.AddDays(1)).Triggers);
    }

    [Fact]
    public void An_order_disarms_the_rule_and_makes_a_member_for_an_hour()
    {
        _rules.Apply(Event("product_added", Noon));
        Assert.Equal("buyer", Assert.Single(_rules.Apply(Event("order_completed", Noon.AddMinutes(5))).MembershipChanges).Segment);

        var results = _rules.AdvanceTo(Noon.AddHours(2));
        Assert.Empty(results.Triggers);
        Assert.Equal(Noon.AddMinutes(65).ToUnixTimeMilliseconds(), Assert.Single(results.MembershipChanges).AtMs);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("")]
    [InlineData("{\"event_type\":\"product_added\"}")]
    public void An_event_that_cannot_be_read_is_an_error_with_its_reason_and_changes_nothing(string json)
    {
        Assert.NotEmpty(Assert.Throws<FormatException>(() => _rules.Apply(json)).Message);
        Assert.Empty(_rules.AdvanceTo(Noon.AddDays(1)).Triggers);
    }

    private static string Event(string type, DateTimeOffset at) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"event_type":"{{type}}","event_time":"{{at:O}}","customer_id":"ann","product_id":"shoe","cart_id":"c"}""");
}
