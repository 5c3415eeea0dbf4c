using System.Text;
using System.Text.Json;
using StreamSegmenter.Events;

namespace StreamSegmenter.Customers;

/// <summary>A segment's place in the aggregate area: its membership.</summary>
/// <param name="Version">Hash of the definition, 8 hexadecimal digits.</param>
internal sealed record SegmentLayout(string Id, string Version);

/// <summary>An aggregate's place: its bytes in the aggregate area, and the id of its sections, which is its index.</summary>
/// <param name="Meaning">Equal meanings have equal states, whatever the definitions around them.</param>
/// <param name="Bytes">In the aggregate area; 0 for one that lives in a section.</param>
internal sealed record AggregateLayout(string Meaning, int Bytes);

/// <summary>A cart-abandonment rule that a record's carts are under.</summary>
/// <param name="Version">Hash of the rule, 8 hexadecimal digits.</param>
internal sealed record RuleLayout(string Id, string Version);

/// <summary>What the definitions dictate of a customer's record: which memberships and aggregates it holds, in which order. Beside
/// the records in the changelog there is the layout of each that was ever used, so that later definitions can tell what an
/// older record says.
/// <code>
/// aggregate area := MembershipSlot for each segment, then the slots of the aggregates
/// stored as  := {"segments":[["id","version"],…],"traits":[["meaning",bytes],…],"rules":[["id","version"],…]}
/// </code>
/// The rules have no bytes in the area. They are part of the layout because a record holds what they made of its carts: under other
/// rules its deadlines must be computed anew, and its recent events must not be folded anew. Left out where there are none.</summary>
internal sealed class RecordLayout
{
    /// <summary>Bytes of one membership.</summary>
    public const int MembershipBytes = 16;

    private readonly byte[] _encoded;

    public RecordLayout(
        IReadOnlyList<SegmentLayout> segments, IReadOnlyList<AggregateLayout> aggregates, IReadOnlyList<RuleLayout>? rules = null)
    {
        Segments = segments;
        Aggregates = aggregates;
        Rules = rules ?? [];
        AggregateBytes = (segments.Count * MembershipBytes) + aggregates.Sum(aggregate => aggregate.Bytes);
        var encoded = new Dictionary<string, object[]>
        {
            ["segments"] = [.. segments.Select(segment => new[] { segment.Id, segment.Version })],
            ["traits"] = [.. aggregates.Select(aggregate => new object[] { aggregate.Meaning, aggregate.Bytes })],
        };
        if (Rules.Count > 0)
        {
            encoded["rules"] = [.. Rules.Select(rule => new[] { rule.Id, rule.Version })];
        }

        _encoded = JsonSerializer.SerializeToUtf8Bytes(encoded);
        Hash = KeyHash.Short(_encoded);
    }

    public IReadOnlyList<SegmentLayout> Segments { get; }

    public IReadOnlyList<AggregateLayout> Aggregates { get; }

    public IReadOnlyList<RuleLayout> Rules { get; }

    /// <summary>Length of the aggregate area.</summary>
    public int AggregateBytes { get; }

    /// <summary>Names the layout; in the header of every record that has it.</summary>
    public uint Hash { get; }

    public ReadOnlyMemory<byte> Encoded => _encoded;

    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static RecordLayout Decode(ReadOnlySpan<byte> encoded)
    {
        try
        {
            var stored = JsonSerializer.Deserialize<Dictionary<string, JsonElement[][]>>(encoded)!;
            return new RecordLayout(
                [.. stored["segments"].Select(segment => new SegmentLayout(segment[0].GetString()!, segment[1].GetString()!))],
                [.. stored["traits"].Select(aggregate => new AggregateLayout(aggregate[0].GetString()!, aggregate[1].GetInt32()))],
                [.. stored.GetValueOrDefault("rules", []).Select(rule => new RuleLayout(rule[0].GetString()!, rule[1].GetString()!))]);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or IndexOutOfRangeException or InvalidOperationException)
        {
            throw new InvalidDataException(
                $"A record layout in the changelog is damaged ({Encoding.UTF8.GetString(encoded)}): {e.Message} Restore the "
                + "changelog topic, or start with a new one.", e);
        }
    }
}
