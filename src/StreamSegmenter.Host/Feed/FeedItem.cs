using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Host.Feed;

/// <summary>A record of an output topic with its place.</summary>
/// <param name="Place">Number of its partition among those of all followed topics.</param>
/// <param name="Output">What it says: a trigger, a suppressed one, a membership change, a pane or a dead letter.</param>
internal readonly record struct FeedItem(int Place, long Offset, object Output)
{
    public string Kind => Output switch
    {
        CartAbandoned => FeedKinds.Trigger,
        SuppressedTrigger => FeedKinds.Suppressed,
        MembershipChange => FeedKinds.Membership,
        ConversionPane => FeedKinds.Pane,
        DeadLetter => FeedKinds.DeadLetter,
        _ => throw new ArgumentOutOfRangeException(nameof(Output), Output, null),
    };
}

/// <summary>The names under which records are streamed.</summary>
internal static class FeedKinds
{
    public const string Trigger = "trigger";
    public const string Suppressed = "suppressed";
    public const string Membership = "membership";
    public const string Pane = "pane";
    public const string DeadLetter = "deadLetter";
    public const string Gap = "gap";

    public static readonly IReadOnlyList<string> All = [Trigger, Suppressed, Membership, Pane, DeadLetter];
}
