using System.Globalization;
using System.Text.Json;
using StreamSegmenter.Host.Validation;

namespace StreamSegmenter.Host.Planning;

/// <summary>Shows a plan.</summary>
internal static class PlanReport
{
    private const int OverlapsShown = 3;

    public static void Show(Plan plan, TextWriter output)
    {
        var counts = plan.Counts;
        var text = new SummaryText();
        text.Line($"{counts.Customers:N0} customers; nothing is changed");
        text.Heading("Segments", counts.Segments.Count == 0 ? "none" : "");
        foreach (var segment in counts.Segments.Order(StringComparer.Ordinal))
        {
            text.Row(segment, $"{StateOf(plan, segment)}{Number(counts.Before(segment))} -> {Number(counts.After(segment))}: "
                + $"{Number(counts.Entering(segment))} enter, {Number(counts.Leaving(segment))} leave");
            if (plan.Warming.Contains(segment))
            {
                text.More("warming: an aggregate is new and begins with nothing, so this is its first moment, not what it will be");
            }

            var overlaps = Overlaps(plan, segment).Where(overlap => overlap.Count > 0).Take(OverlapsShown)
                .Select(overlap => $"{Number(overlap.Count)} are in {overlap.Segment}, too ({Share(overlap.Count, counts.After(segment))})");
            foreach (var overlap in overlaps)
            {
                text.More(overlap);
            }
        }

        text.Heading("Rules", plan.Rules.Count == 0 ? "none" : "");
        foreach (var rule in plan.Rules)
        {
            text.Row(rule.Rule, RuleText(rule));
        }

        text.Heading("State");
        text.Row("fixed, a customer", plan.BytesBefore is { } before
            ? $"{before:N0} -> {plan.BytesAfter:N0} bytes"
            : $"{plan.BytesAfter:N0} bytes");
        text.More("windows take more for each pane with an event: 'validate' shows them");
        output.Write(text.ToString());
    }

    public static void Write(Plan plan, TextWriter output)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            Write(plan, json);
        }

        output.WriteLine(System.Text.Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static void Write(Plan plan, Utf8JsonWriter json)
    {
        var counts = plan.Counts;
        json.WriteStartObject();
        json.WriteNumber("customers", counts.Customers);
        json.WriteStartObject("segments");
        foreach (var segment in counts.Segments.Order(StringComparer.Ordinal))
        {
            json.WriteStartObject(segment);
            json.WriteString("change", StateOf(plan, segment) is { Length: > 0 } state ? state.TrimEnd(',', ' ') : "kept");
            json.WriteNumber("before", counts.Before(segment));
            json.WriteNumber("after", counts.After(segment));
            json.WriteNumber("enter", counts.Entering(segment));
            json.WriteNumber("leave", counts.Leaving(segment));
            json.WriteBoolean("warming", plan.Warming.Contains(segment));
            json.WriteStartObject("overlap");
            foreach (var (other, count) in Overlaps(plan, segment))
            {
                json.WriteNumber(other, count);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartObject("rules");
        foreach (var rule in plan.Rules)
        {
            json.WriteStartObject(rule.Rule);
            WriteNumber("beforePerDay", rule.BeforePerDay, json);
            WriteNumber("afterPerDay", rule.AfterPerDay, json);
            WriteNumber("atOnce", rule.AtOnce, json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        WriteNumber("bytesBefore", plan.BytesBefore, json);
        json.WriteNumber("bytesAfter", plan.BytesAfter);
        json.WriteEndObject();
    }

    private static void WriteNumber(string name, double? number, Utf8JsonWriter json)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, Math.Round(value, 2));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static IEnumerable<(string Segment, long Count)> Overlaps(Plan plan, string segment) => plan.Counts.Segments
        .Where(other => other != segment && plan.Defined.Contains(other) && plan.Defined.Contains(segment))
        .Select(other => (other, plan.Counts.Overlap(segment, other))).OrderByDescending(overlap => overlap.Item2)
        .ThenBy(overlap => overlap.other, StringComparer.Ordinal);

    private static string StateOf(Plan plan, string segment) =>
        !plan.Defined.Contains(segment) ? "gone, " : !plan.DefinedBefore.Contains(segment) ? "new, " : "";

    private static string RuleText(RulePlan rule) => string.Join("; ", new[]
    {
        (rule.BeforePerDay, rule.AfterPerDay) switch
        {
            (null, null) => "",
            (null, { } after) => $"new, {Number(after)} triggers a day",
            ({ } before, null) => $"gone, {Number(before)} triggers a day before",
            ({ } before, { } after) => $"{Number(before)} -> {Number(after)} triggers a day",
        },
        rule.AtOnce is { } atOnce ? $"{Number(atOnce)} carts fire at once, because their deadline has passed by the new numbers" : "",
    }.Where(part => part.Length > 0));

    private static string Number(double number) => number.ToString(number < 10 && number != Math.Truncate(number) ? "0.0" : "N0", CultureInfo.InvariantCulture);

    private static string Share(long part, long whole) => (part / (double)Math.Max(1, whole)).ToString("P0", CultureInfo.InvariantCulture);
}
