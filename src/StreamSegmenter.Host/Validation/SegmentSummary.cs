using StreamSegmenter.Runtime.Configuration.Shapes;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Host.Validation;

/// <summary>Describes the segments, the precision of their windows, and their cost per customer.</summary>
internal static class SegmentSummary
{
    public static void Write(SegmentProgram program, IReadOnlyList<SegmentDefinition> definitions, SummaryText text)
    {
        text.Heading("Segments", definitions.Count == 0 ? "none" : "");
        foreach (var definition in definitions)
        {
            var cost = program.Costs.Single(c => c.Segment == definition.Id);
            text.Row(definition.Id, OneLine(definition.When));
            WriteLabels(definition, text);
            text.More(cost.ChangesByTime ? "customers enter or leave by the passing of time too" : "only events change it");
            foreach (var trait in cost.Traits)
            {
                text.More($"{trait.Trait}: {Bytes(trait)}, {Exactness(trait)}");
            }

            var panes = cost.PaneBytesMax == 0 ? "" : $", at most {cost.PaneBytesMax:N0} more with an event in every pane";
            text.More($"costs {cost.FixedBytes:N0} bytes for each customer{panes}");
        }
    }

    private static void WriteLabels(SegmentDefinition definition, SummaryText text)
    {
        if (definition.Labels is { } labels)
        {
            var name = string.Join(": ", new[] { labels.Name, labels.Description }.OfType<string>().Select(OneLine));
            var owner = labels.Owner is null ? "" : $"owner {labels.Owner}";
            var tags = labels.Tags.Count == 0 ? "" : $"tags {string.Join(", ", labels.Tags)}";
            foreach (var line in new[] { name, string.Join("; ", new[] { owner, tags }.Where(part => part.Length > 0)) }.Where(line => line.Length > 0))
            {
                text.More(line);
            }
        }

        if (definition.MinStayMs > 0)
        {
            text.More($"a member stays at least {DurationShape.Show(definition.MinStayMs)}");
        }

        if (definition.CooldownMs > 0)
        {
            text.More($"no customer comes back within {DurationShape.Show(definition.CooldownMs)} after an exit");
        }
    }

    private static string Bytes(TraitCost trait) => trait.BytesPerPane == 0
        ? $"{trait.FixedBytes:N0} bytes"
        : $"{trait.BytesPerPane:N0} bytes for each of at most {trait.PanesMax:N0} panes with an event";

    private static string Exactness(TraitCost trait) => trait.PaneMs == 0
        ? "exact"
        : $"an event counts up to one pane ({DurationShape.Show(trait.PaneMs)}) too long";

    private static string OneLine(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
