using System.Text;
using StreamSegmenter.Connectors.Codecs.Reading;
using StreamSegmenter.Folding;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Running;

namespace StreamSegmenter.Host.Explain;

/// <summary>Takes the value of one output record.</summary>
internal delegate void OutputLine(ReadOnlySpan<byte> value);

/// <summary>Collects the output records about one customer, from topics or from a replay's folder. What is there
/// twice, after a restart with at-least-once delivery, counts once.</summary>
internal sealed class CustomerPast(string customerId)
{
    private readonly byte[] _id = Encoding.UTF8.GetBytes(customerId);
    private readonly HashSet<string> _seen = [];
    private readonly List<TimelineEntry> _past = [];

    /// <summary>Reads what <c>replay</c> wrote into a folder.</summary>
    /// <exception cref="CommandFailure">The folder does not hold the results of a replay.</exception>
    public static IReadOnlyList<TimelineEntry> ReadFolder(string folder, string customerId)
    {
        var past = new CustomerPast(customerId);
        foreach (var (name, take) in (IEnumerable<(string, OutputLine)>)
        [
            (ReplayFiles.MembershipName, past.AddMembershipChange), (ReplayFiles.TriggersName, past.AddTrigger),
            (ReplayFiles.SuppressedName, past.AddSuppressed),
        ])
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path))
            {
                throw new CommandFailure(
                    $"--replay: there is no '{path}'. Name the folder that 'streamsegmenter replay --out' wrote.", ExitCode.Usage);
            }

            foreach (var line in File.ReadLines(path))
            {
                take(Encoding.UTF8.GetBytes(line));
            }
        }

        return past.InOrder();
    }

    public void AddTrigger(ReadOnlySpan<byte> value)
    {
        if (Mentions(value) && OutputReader.ReadTrigger(value) is { } trigger)
        {
            Add(trigger.CustomerId, $"{trigger.TriggerId} {trigger.Kind}", new TriggerRecorded(trigger));
        }
    }

    public void AddSuppressed(ReadOnlySpan<byte> value)
    {
        if (Mentions(value) && OutputReader.ReadSuppressed(value) is { } suppressed)
        {
            Add(
                suppressed.Trigger.CustomerId, $"{suppressed.Trigger.TriggerId} {suppressed.Trigger.Kind} {suppressed.Reason}",
                new TriggerSuppressed(suppressed));
        }
    }

    public void AddMembershipChange(ReadOnlySpan<byte> value)
    {
        if (Mentions(value) && OutputReader.ReadMembershipChange(value) is { } change)
        {
            Add(change.CustomerId, $"{change.Segment} {change.Kind} {change.AtMs}", new MembershipChanged(change));
        }
    }

    public IReadOnlyList<TimelineEntry> InOrder() => TimelineEntry.InOrder(_past);

    // Most records are of others: parse only those with the bytes of the id somewhere, or with an escape that may hide it.
    private bool Mentions(ReadOnlySpan<byte> value) => value.IndexOf(_id) >= 0 || value.Contains((byte)'\\');

    private void Add(string ofCustomer, string identity, TimelineEntry happening)
    {
        if (ofCustomer == customerId && _seen.Add(identity))
        {
            _past.Add(happening);
        }
    }
}
