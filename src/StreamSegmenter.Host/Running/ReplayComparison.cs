using System.Globalization;
using System.Text.Json;
using StreamSegmenter.Connectors.Replay;
using StreamSegmenter.Host.Commands;

namespace StreamSegmenter.Host.Running;

/// <summary>Two replays of the same input side by side.</summary>
internal static class ReplayComparison
{
    /// <param name="names">What the two are called.</param>
    public static void Show((string This, string Other) names, ReplayCounts these, ReplayCounts others, TextWriter output)
    {
        var rows = new List<(string What, string This, string Other, string Difference)>();
        foreach (var rule in these.Rules.Keys.Union(others.Rules.Keys).Order(StringComparer.Ordinal))
        {
            AddRule(rule, these.Rules.GetValueOrDefault(rule), others.Rules.GetValueOrDefault(rule), rows);
        }

        foreach (var segment in these.Segments.Keys.Union(others.Segments.Keys).Order(StringComparer.Ordinal))
        {
            var (one, other) = (these.Segments.GetValueOrDefault(segment), others.Segments.GetValueOrDefault(segment));
            rows.Add(($"segment {segment}", one is null ? "not defined" : "", other is null ? "not defined" : "", ""));
            Add("entered", one?.Entered, other?.Entered, rows);
            Add("exited", one?.Exited, other?.Exited, rows);
            Add("members at the end", one?.Members, other?.Members, rows);
        }

        rows.Insert(0, ("", names.This, names.Other, "difference"));
        var widths = new[] { rows.Max(row => row.What.Length), rows.Max(row => row.This.Length), rows.Max(row => row.Other.Length), rows.Max(row => row.Difference.Length) };
        foreach (var row in rows)
        {
            output.WriteLine($"{row.What.PadRight(widths[0])}  {row.This.PadLeft(widths[1])}  {row.Other.PadLeft(widths[2])}  {row.Difference.PadLeft(widths[3])}".TrimEnd());
        }
    }

    /// <summary>The same for scripts.</summary>
    public static void Write((string This, string Other) names, ReplayCounts these, ReplayCounts others, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        foreach (var (side, name, counts) in new[] { ("this", names.This, these), ("other", names.Other, others) })
        {
            json.WriteStartObject(side);
            json.WriteString("name", name);
            CountsJson.Write(counts, json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
        stream.Write("\n"u8);
    }

    private static void AddRule(string id, RuleCounts? one, RuleCounts? other, List<(string What, string This, string Other, string Difference)> rows)
    {
        rows.Add(($"rule {id}", one is null ? "not defined" : "", other is null ? "not defined" : "", ""));
        Add("emitted", one?.Emitted, other?.Emitted, rows);
        var steps = (one?.Steps.Keys ?? Enumerable.Empty<int>()).Union(other?.Steps.Keys ?? Enumerable.Empty<int>()).Order().ToList();
        foreach (var step in steps.Count > 1 ? steps : [])
        {
            Add($"  step {step}", one?.Steps.GetValueOrDefault(step), other?.Steps.GetValueOrDefault(step), rows);
        }

        Add("retracted", one?.Retracted, other?.Retracted, rows);
        Add("recovered", one?.Recovered, other?.Recovered, rows);
        rows.Add(("  recovered of emitted", Share(one), Share(other), ""));
        foreach (var currency in Keys(one?.RevenueMinor, other?.RevenueMinor))
        {
            AddMoney(currency, one?.RevenueMinor.GetValueOrDefault(currency), other?.RevenueMinor.GetValueOrDefault(currency), rows);
        }

        foreach (var reason in Keys(one?.Suppressed, other?.Suppressed))
        {
            Add(
                $"  suppressed: {JsonNamingPolicy.CamelCase.ConvertName(reason.ToString())}", one?.Suppressed.GetValueOrDefault(reason),
                other?.Suppressed.GetValueOrDefault(reason), rows);
        }
    }

    private static IEnumerable<T> Keys<T>(SortedDictionary<T, long>? one, SortedDictionary<T, long>? other)
        where T : notnull => (one?.Keys ?? Enumerable.Empty<T>()).Union(other?.Keys ?? Enumerable.Empty<T>()).Order();

    private static string Share(RuleCounts? rule) =>
        rule is { Emitted: > 0 } ? (rule.Recovered / (double)rule.Emitted).ToString("P1", CultureInfo.InvariantCulture) : "";

    private static void Add(string what, long? one, long? other, List<(string What, string This, string Other, string Difference)> rows) => rows.Add((
        what.StartsWith(' ') ? what : "  " + what, Number(one), Number(other), Difference(one, other, "+#,0;-#,0;0")));

    private static void AddMoney(
        string code, long? one, long? other, List<(string What, string This, string Other, string Difference)> rows)
    {
        var currency = Money.CurrencyOf(code, default);
        rows.Add((
            "  revenue recovered", one is { } minor ? Money.Show(minor, currency) : "", other is { } otherMinor ? Money.Show(otherMinor, currency) : "",
            one is { } before && other is { } after ? (after > before ? "+" : "") + Money.Show(after - before, currency) : ""));
    }

    private static string Number(long? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? "";

    private static string Difference(long? one, long? other, string format) =>
        one is { } before && other is { } after ? (after - before).ToString(format, CultureInfo.InvariantCulture) : "";
}
