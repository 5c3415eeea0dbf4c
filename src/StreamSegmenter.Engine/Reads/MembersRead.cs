using System.Text;
using StreamSegmenter.Customers;
using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Engine.Reads;

/// <summary>A member of a segment.</summary>
/// <param name="SinceMs">When the membership began, event time.</param>
/// <param name="LeavesMs">The earliest instant at which time alone may end it; null: never.</param>
internal readonly record struct SegmentMember(string CustomerId, long SinceMs, long? LeavesMs);

/// <summary>A lane's part of a page.</summary>
/// <param name="Members">In the order of their ids' bytes; <see langword="null"/>: the segment is not defined.</param>
/// <param name="Next">The id behind which the next page begins; null: this is the last one.</param>
/// <param name="Partitions">The shards that were walked.</param>
internal sealed record MembersAnswer(IReadOnlyList<SegmentMember>? Members, string? Next, IReadOnlyList<int> Partitions)
{
    /// <summary>The order of members: that of their ids' bytes.</summary>
    public static readonly Comparer<string> ById = Comparer<string>.Create(
        (one, other) => Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other)));

    /// <summary>The first members of several shards' answers.</summary>
    public static MembersAnswer Merge(IReadOnlyList<MembersAnswer> answers, int countMax)
    {
        int[] partitions = [.. answers.SelectMany(answer => answer.Partitions).Distinct().Order()];
        if (answers.Count > 0 && answers.All(answer => answer.Members is null || answer.Partitions.Count == 0))
        {
            return new MembersAnswer(null, null, partitions);
        }

        // Up to the nearest of their ends all know everything.
        var known = answers.Select(answer => answer.Next).OfType<string>().Order(ById).FirstOrDefault();
        SegmentMember[] all = [.. answers.SelectMany(answer => answer.Members ?? [])
            .Where(member => known is null || ById.Compare(member.CustomerId, known) <= 0).OrderBy(member => member.CustomerId, ById)];
        return all.Length > countMax
            ? new MembersAnswer(all[..countMax], all[countMax - 1].CustomerId, partitions)
            : new MembersAnswer(all, known, partitions);
    }
}

/// <summary>Collects a page of a segment's members from all shards of a lane: the first ones behind a customer id. A customer's place is found by
/// walking over the whole store, in portions between which the lane works on; only one page of a lane is collected at a time.
/// <para>A customer who is a member from the walk's beginning to its end is found. One who has left by the end is not.</para></summary>
internal sealed class MembersRead(string segmentId, ReadOnlyMemory<byte> after, int countMax, CancellationToken waiting) : LaneRead
{
    private const int RecordsPerPortion = 128;

    private readonly TaskCompletionSource<MembersAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SortedSet<Candidate> _page = [];
    private readonly CustomerRecord _record = new();
    private readonly List<SegmentMember> _members = [];
    private List<Walked>? _shards;
    private Candidate[]? _confirmed;
    private Walked? _walked;
    private int _next;
    private int _position;
    private Candidate? _beyond;

    public Task<MembersAnswer> Answer => _answer.Task;

    public override bool IsOver => waiting.IsCancellationRequested;

    internal override ReadProgress Work(LaneContext lane)
    {
        _shards ??= [.. lane.Shards.Values.Select(Walked.Of)];
        if (_shards.Exists(walked => lane.Shards.GetValueOrDefault(walked.Shard.Partition) != walked.Shard || walked.Shard.Version != walked.Version))
        {
            Refuse("the partitions are being divided anew, or the definitions change");
            return ReadProgress.Done;
        }

        if (_walked is not null || _next < _shards.Count)
        {
            return Walk();
        }

        return Confirm();
    }

    internal override void Refuse(string reason) => _answer.TrySetException(new ReadRefusedException(reason));

    internal override void Release() => EndWalk();

    private ReadProgress Walk()
    {
        if (_walked is null)
        {
            var walked = _shards![_next];
            var shard = walked.Shard;
            walked.Segment = walked.Version.Segments.SegmentIds.ToList().IndexOf(segmentId);
            if (walked.Segment < 0)
            {
                _next++;
                return ReadProgress.Goes;
            }

            if (shard.ReaderSweep is not null || shard.Store.Compaction.IsDue)
            {
                // Another page is being collected, or the disk's space comes first.
                return ReadProgress.Waits;
            }

            shard.ReaderSweep = shard.Store.BeginSweep();
            _walked = walked;
            _next++;
        }

        var sweep = _walked.Shard.ReaderSweep!;
        for (var seen = 0; seen < RecordsPerPortion; seen++)
        {
            if (!sweep.MoveNext())
            {
                EndWalk();
                return ReadProgress.Goes;
            }

            if (sweep.Key is [StateKey.Customer, ..] && sweep.Key[1..].SequenceCompareTo(after.Span) > 0)
            {
                Look(new Candidate(sweep.Key[1..].ToArray(), _walked), sweep.Value);
            }
        }

        return ReadProgress.Goes;
    }

    /// <summary>Older versions come before later ones, so the last one decides.</summary>
    private void Look(Candidate customer, ReadOnlySpan<byte> stored)
    {
        if (stored.IsEmpty || !IsMember(stored, customer.In))
        {
            _page.Remove(customer);
            return;
        }

        // What did not fit once belongs to a later page, and with it everything behind it.
        if (_beyond is not null && customer.CompareTo(_beyond) >= 0)
        {
            return;
        }

        _page.Add(customer);
        if (_page.Count > countMax)
        {
            _beyond = _page.Max!;
            _page.Remove(_beyond);
        }
    }

    private ReadProgress Confirm()
    {
        _confirmed ??= [.. _page];
        var until = Math.Min(_confirmed.Length, _position + RecordsPerPortion);
        for (; _position < until; _position++)
        {
            var (customer, place) = _confirmed[_position];
            if (place.Shard.Store.TryRead([StateKey.Customer, .. customer], out var stored) && IsMember(stored, place))
            {
                ref readonly var slot = ref MembershipSlot.Of(_record, place.Segment);
                _members.Add(new SegmentMember(
                    Encoding.UTF8.GetString(customer), slot.SinceMs, slot.DueMs is 0 or long.MaxValue ? null : slot.DueMs));
            }
        }

        if (_position < _confirmed.Length)
        {
            return ReadProgress.Goes;
        }

        if (_beyond is not null && _confirmed.Length == 0)
        {
            // All that came before it have left meanwhile.
            (_next, _beyond, _confirmed) = (0, null, null);
            return ReadProgress.Goes;
        }

        var next = _beyond is null ? null : Encoding.UTF8.GetString(_confirmed[^1].Customer);
        var isDefined = _shards!.Count == 0 || _shards.Exists(walked => walked.Segment >= 0);
        _answer.TrySetResult(new MembersAnswer(isDefined ? _members : null, next, [.. _shards.Select(walked => walked.Shard.Partition)]));
        return ReadProgress.Done;
    }

    private bool IsMember(ReadOnlySpan<byte> stored, Walked place)
    {
        _record.Load(stored, place.Shard.Layouts);
        return MembershipSlot.Of(_record, place.Segment).IsMember;
    }

    private void EndWalk()
    {
        if (_walked is not null)
        {
            _walked.Shard.EndReaderSweep();
            _walked = null;
        }
    }

    /// <summary>A shard, as it was when the read began.</summary>
    private sealed class Walked(Shard shard, DefinitionVersion version)
    {
        public Shard Shard => shard;

        public DefinitionVersion Version => version;

        /// <summary>The segment's place in the version; -1: the version has no such segment.</summary>
        public int Segment { get; set; } = -1;

        public static Walked Of(Shard shard) => new(shard, shard.Version);
    }

    private sealed record Candidate(byte[] Customer, Walked In) : IComparable<Candidate>
    {
        public int CompareTo(Candidate? other) => Customer.AsSpan().SequenceCompareTo(other!.Customer) is not 0 and var order
            ? order
            : In.Shard.Partition.CompareTo(other.In.Shard.Partition);
    }
}
