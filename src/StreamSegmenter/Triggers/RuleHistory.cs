using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamSegmenter.Customers;

namespace StreamSegmenter.Triggers;

/// <summary>When each rule last fired for a customer, over all carts: what <see cref="Reentry.AfterCooldown"/> and
/// <see cref="Reentry.Never"/> look at. One small section, an entry per rule that fired.</summary>
internal static class RuleHistory
{
    [StructLayout(LayoutKind.Sequential, Pack = 8)]
    private struct Entry
    {
        public uint RuleHash;
        public uint Reserved;
        public long FiredAtMs;
    }

    /// <summary>True while a rule must not fire for a customer because it has, in whatever cart.</summary>
    public static bool IsResting(CustomerRecord record, CompiledRule rule, long atMs) => rule.Rule.Reentry switch
    {
        Reentry.AfterCooldown => TryGet(record, rule.Hash, out var firedAtMs) && atMs < firedAtMs + rule.Rule.CooldownMs,
        Reentry.Never => TryGet(record, rule.Hash, out _),
        _ => false,
    };

    /// <summary>Goes back to an earlier firing, or to none (null), after the last one was retracted.</summary>
    public static void GoBackTo(CustomerRecord record, uint ruleHash, long? firedAtMs)
    {
        var entries = Entries(record.Section(SectionKind.CartRules, 0));
        for (var i = 0; i < entries.Length; i++)
        {
            if (entries[i].RuleHash != ruleHash)
            {
                continue;
            }

            if (firedAtMs is { } earlier)
            {
                entries[i].FiredAtMs = earlier;
                return;
            }

            entries[i] = entries[^1];
            record.ResizeSection(SectionKind.CartRules, 0, (entries.Length - 1) * Marshal.SizeOf<Entry>());
            return;
        }
    }

    private static bool TryGet(CustomerRecord record, uint ruleHash, out long firedAtMs)
    {
        foreach (ref readonly var entry in Entries(record.Section(SectionKind.CartRules, 0)))
        {
            if (entry.RuleHash == ruleHash)
            {
                firedAtMs = entry.FiredAtMs;
                return true;
            }
        }

        firedAtMs = 0;
        return false;
    }

    public static void Set(CustomerRecord record, uint ruleHash, long firedAtMs)
    {
        foreach (ref var entry in Entries(record.Section(SectionKind.CartRules, 0)))
        {
            if (entry.RuleHash == ruleHash)
            {
                entry.FiredAtMs = firedAtMs;
                return;
            }
        }

        var length = record.Section(SectionKind.CartRules, 0).Length;
        var entries = Entries(record.ResizeSection(SectionKind.CartRules, 0, length + Unsafe.SizeOf<Entry>()));
        entries[^1] = new Entry { RuleHash = ruleHash, FiredAtMs = firedAtMs };
    }

    private static Span<Entry> Entries(Span<byte> section) => MemoryMarshal.Cast<byte, Entry>(section);
}
