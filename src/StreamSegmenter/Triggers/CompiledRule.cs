using System.Globalization;
using System.Text;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Time;

namespace StreamSegmenter.Triggers;

/// <summary>An abandonment rule, ready to run: references resolved, its version known.</summary>
internal sealed class CompiledRule
{
    private const int HoldoutBuckets = 10_000;
    private readonly bool[] _rearms;
    private readonly ulong _holdoutSalt;

    public CompiledRule(CartAbandonmentRule rule, SegmentProgram segments)
    {
        Rule = rule;
        InSegment = IndexOf(segments, rule.InSegment);
        NotInSegment = IndexOf(segments, rule.NotInSegment);
        Hash = DefinitionHash.Of(rule.Id);
        Version = DefinitionHash.Of(Canonical(rule));
        Zone = rule.QuietHours is null ? null : TimeZones.TryFind(rule.QuietHours.TimeZone, out var zone)
            ? zone
            : throw new TimeZoneNotFoundException($"'{rule.QuietHours.TimeZone}' is no time zone that is known here; {TimeZones.Hint}.");
        _holdoutSalt = KeyHash.Of(Encoding.UTF8.GetBytes(rule.Id));
        _rearms = new bool[rule.RearmOn.Count == 0 ? 0 : rule.RearmOn.Max(type => type.Id) + 1];
        foreach (var type in rule.RearmOn)
        {
            _rearms[type.Id] = true;
        }
    }

    public CartAbandonmentRule Rule { get; }

    /// <summary>Identifies the rule in stored carts: by its name, so that its state survives a change of its numbers.</summary>
    public uint Hash { get; }

    public uint Version { get; }

    public string VersionText => Version.ToString("x8", CultureInfo.InvariantCulture);

    /// <summary>Index of the segment that is required; -1: none.</summary>
    public int InSegment { get; }

    /// <summary>Index of the segment that is excluded; -1: none.</summary>
    public int NotInSegment { get; }

    /// <summary>Of the quiet hours, for customers whose own is not known.</summary>
    public TimeZoneInfo? Zone { get; }

    /// <summary>True for an event that moves a pending deadline although it does not change the cart.</summary>
    public bool RearmsOn(EventType type) => Rule.RearmOnAny || (type.Id < _rearms.Length && _rearms[type.Id]);

    /// <summary>When the next step of an armed rule is due.</summary>
    public long DueMs(in RuleState state)
    {
        var step = Math.Min(state.NextStep, Rule.StepsMs.Count - 1);
        var dueMs = state.ArmedAtMs + Rule.StepsMs[step];
        return state.DeferredToMs == RuleState.Disarmed ? dueMs : Math.Max(dueMs, state.DeferredToMs);
    }

    /// <summary>True for a step that quiet hours deferred past the next step's deadline: both would go out together.</summary>
    public bool IsOvertaken(in RuleState state, long firedAtMs) => state.DeferredToMs != RuleState.Disarmed
        && state.NextStep + 1 < Rule.StepsMs.Count && state.ArmedAtMs + Rule.StepsMs[state.NextStep + 1] <= firedAtMs;

    /// <summary>Whether the customer belongs to the share that is never sent: a stable hash of rule and customer.</summary>
    public bool HoldsOut(ReadOnlySpan<byte> customerKey) => Rule.HoldoutPerTenThousand > 0
        && (KeyHash.Of(customerKey) ^ _holdoutSalt) % HoldoutBuckets < (ulong)Rule.HoldoutPerTenThousand;

    private static int IndexOf(SegmentProgram segments, string? id)
    {
        for (var i = 0; id is not null && i < segments.SegmentIds.Count; i++)
        {
            if (segments.SegmentIds[i] == id)
            {
                return i;
            }
        }

        return -1;
    }

    private static string Canonical(CartAbandonmentRule rule) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {rule.Id}|{rule.Stage}|{string.Join(',', rule.StepsMs)}|{rule.RearmOnAny}|{string.Join(',', rule.RearmOn.Select(EventTypes.NameOf).Order(StringComparer.Ordinal))}
        {rule.Reentry}|{rule.CooldownMs}|{rule.TotalMinMinor}|{rule.TotalMaxMinor}|{rule.ItemsMin}|{rule.ItemsMax}|{rule.ItemPriceMinMinor}
        {rule.InSegment}|{rule.NotInSegment}|{string.Join(',', rule.Attributes)}|{rule.FrequencyCap}|{rule.QuietHours}
        {rule.HoldoutPerTenThousand}|{rule.StalenessMaxMs}|{rule.AttributionMs}|{rule.OrderTakesAllCarts}{(rule.RecoveredByCart ? "|recoveredBy=cart" : "")}
        """);
}

/// <summary>All rules, ready to run, found by the hash under which carts hold their state.</summary>
internal sealed class CompiledRules(IReadOnlyList<CartAbandonmentRule> rules, SegmentProgram segments)
{
    public CompiledRule[] All { get; } = [.. rules.Select(rule => new CompiledRule(rule, segments))];

    /// <summary>Null for a rule that the definitions no longer have: its state goes with the cart.</summary>
    public CompiledRule? Of(uint hash)
    {
        foreach (var rule in All)
        {
            if (rule.Hash == hash)
            {
                return rule;
            }
        }

        return null;
    }

    /// <summary>The stage of the rules in whose care a cart of that stage is: the highest one that is not above it. Null when all
    /// rules are for higher stages.</summary>
    public CartStage? InCharge(CartStage stage)
    {
        CartStage? highest = null;
        foreach (var rule in All)
        {
            if (rule.Rule.Stage <= stage && (highest is null || rule.Rule.Stage > highest))
            {
                highest = rule.Rule.Stage;
            }
        }

        return highest;
    }

    /// <summary>Whether some rule is for the checkout.</summary>
    public bool HasCheckout { get; } = rules.Any(rule => rule.Stage == CartStage.Checkout);

    public bool HasBrowse { get; } = rules.Any(rule => rule.Stage == CartStage.Browse);
}
