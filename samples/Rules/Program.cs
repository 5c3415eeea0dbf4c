// The rules alone: what a configuration makes of a few events, with no Kafka, no files and no clock.
//
//   dotnet run --project samples/Rules -- samples/demo.yaml
using StreamSegmenter.Runtime;

var rules = StorefrontRules.Load(args[0]);
var noon = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

Show(rules.Apply(Event("product_added", noon)));
Show(rules.Apply(Event("checkout_started", noon.AddSeconds(2))));

// The shop is silent: whatever falls due within an hour happens, each at its own instant.
Show(rules.AdvanceTo(noon.AddHours(1)));

static string Event(string type, DateTimeOffset at) =>
    $$"""
    {"event_type":"{{type}}","event_time":"{{at:O}}","customer_id":"ann","product_id":"shoe","quantity":1,"price":"59.90","currency":"EUR"}
    """;

static void Show(RuleResults results)
{
    foreach (var change in results.MembershipChanges)
    {
        Console.WriteLine($"{At(change.AtMs)} {change.CustomerId} {change.Kind} {change.Segment}");
    }

    foreach (var trigger in results.Triggers)
    {
        Console.WriteLine($"{At(trigger.FiredAtMs)} {trigger.CustomerId} {trigger.Rule} {trigger.Kind}");
    }
}

static string At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("HH:mm:ss", null);
