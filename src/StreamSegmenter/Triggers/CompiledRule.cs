using System.Globalization;
using StreamSegmenter.Definitions;
using StreamSegmenter.Events;

namespace StreamSegmenter.Triggers;

/// <summary>An abandonment rule, ready to run: references resolved, its version known.</summary>
internal sealed class CompiledRule
{
    private readonly bool[] _rearms;

    public CompiledRule(CartAbandonmentRule rule, int inSegment, int notInSegment)
    {
        Rule = rule;
        InSegment = inSegment;
        NotInSegment = notInSegment;
        var canonical = Canonical(rule);
        Hash = DefinitionHash.Of(rule.Id);
        Version = DefinitionHash.TextOf(canonical);
        _rearms = new bool[rule.RearmOn.Count == 0 ? 0 : rule.RearmOn.Max(type => type.Id) + 1];
        foreach (var type in rule.RearmOn)
        {
            _rearms[type.Id] = true;
        }
    }

    public CartAbandonmentRule Rule { get; }

    /// <summary>Identifies the rule in stored carts: by its name, so that its state survives a change of its numbers.</summary>
    public uint Hash { get; }

    public string Version { get; }

    /// <summary>Index of the segment that is required; -1: none.</summary>
    public int InSegment { get; }

    /// <summary>Index of the segment that is excluded; -1: none.</summary>
    public int NotInSegment { get; }

    /// <summary>True for an event that moves a pending deadline although it does not change the cart.</summary>
    public bool RearmsOn(EventType type) => Rule.RearmOnAny || (type.Id < _rearms.Length && _rearms[type.Id]);

    private static string Canonical(CartAbandonmentRule rule) => string.Join(
        '|',
        rule.Id,
        rule.AfterMs.ToString(CultureInfo.InvariantCulture),
        rule.RearmOnAny ? "any" : string.Join(',', rule.RearmOn.Select(EventTypes.NameOf).Order(StringComparer.Ordinal)),
        rule.Reentry,
        rule.CooldownMs.ToString(CultureInfo.InvariantCulture),
        rule.TotalMinMinor?.ToString(CultureInfo.InvariantCulture),
        rule.ItemsMin.ToString(CultureInfo.InvariantCulture),
        rule.InSegment,
        rule.NotInSegment,
        string.Join(',', rule.Attributes));
}
