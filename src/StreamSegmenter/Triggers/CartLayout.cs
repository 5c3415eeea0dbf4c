using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamSegmenter.Events;

namespace StreamSegmenter.Triggers;

// One cart, as a section of its customer's record (little-endian):
//   CartHeader · RuleState × RuleCount · cart id bytes · lines
//   line = LineHeader · product id bytes
// Invariants: DueMs is the smallest ArmedAtMs + after over the armed rules; lines are in the order in which their
// products came; no line has a quantity below 1.

[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct CartHeader
{
    public long CreatedMs;
    public long LastActivityMs;

    /// <summary>Earliest deadline of this cart, or the instant at which it is forgotten.</summary>
    public long DueMs;

    /// <summary>What the shop itself said that the cart is worth, in minor units; <see cref="LineHeader.NoPrice"/> when it did not.</summary>
    public long OwnValueMinor;
    public Currency Currency;
    public ushort IdLength;
    public ushort LineCount;
    public ushort RuleCount;
    public CartStage Stage;
    public CartFlags Flags;

    public static int SizeBytes => Unsafe.SizeOf<CartHeader>();
}

[Flags]
internal enum CartFlags : byte
{
    None = 0,

    /// <summary>Prices in more than one currency came: there is no total.</summary>
    MixedCurrency = 1,
}

/// <summary>What one rule did with one cart. Found by the rule's hash, so it survives a change of the other rules.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct RuleState
{
    public uint RuleHash;
    public byte NextStep;
    public byte Reserved1;
    public ushort Reserved2;

    /// <summary>Event time that the deadline is counted from; <see cref="Disarmed"/> when there is none.</summary>
    public long ArmedAtMs;

    /// <summary>When a step fired last; <see cref="Disarmed"/> when none did.</summary>
    public long FiredAtMs;

    /// <summary>The end of the quiet hours that the next step waits for; <see cref="Disarmed"/> when it waits for none.</summary>
    public long DeferredToMs;

    public const long Disarmed = long.MinValue;

    public static int SizeBytes => Unsafe.SizeOf<RuleState>();

    public readonly bool IsArmed => ArmedAtMs != Disarmed;

    public readonly bool HasFired => FiredAtMs != Disarmed;

    /// <summary>Arms at an event's time, or moves the deadline there: never back.</summary>
    public void Rearm(long eventTimeMs)
    {
        if (eventTimeMs > ArmedAtMs)
        {
            ArmedAtMs = eventTimeMs;
            DeferredToMs = Disarmed;
        }
    }

    public void Disarm()
    {
        ArmedAtMs = Disarmed;
        DeferredToMs = Disarmed;
        NextStep = 0;
    }
}

[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct LineHeader
{
    /// <summary>Event time at which the product came or its quantity last grew: a late order takes only what was there.</summary>
    public long AddedMs;

    /// <summary>Unit price in minor units; <see cref="NoPrice"/> when no event carried it.</summary>
    public long PriceMinor;
    public int Quantity;
    public ushort ProductLength;
    public ushort Reserved;

    public const long NoPrice = long.MinValue;

    public static int SizeBytes => Unsafe.SizeOf<LineHeader>();
}
