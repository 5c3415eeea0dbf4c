using System.Buffers;
using System.Globalization;
using System.Text;
using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Engine.Lanes;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Hands one record to the producer.</summary>
/// <param name="partition">-1: by the key's hash.</param>
/// <returns>False: the commit has failed, stop.</returns>
internal delegate bool RecordSink(string topic, int partition, byte[]? key, byte[]? value);

/// <summary>Turns a commit's outputs into records. Keys, all UTF-8:
/// <code>
/// triggers, suppressed     customer
/// late events              customer
/// membership               customer/segment, so that compaction keeps the latest word on each membership
/// conversion metrics       window/start/shard/dimension/value, so that compaction keeps each pane's latest numbers
/// dead letters             the refused record's own key
/// changelog                the shard's, on the shard's own partition
/// </code></summary>
internal sealed class OutputWriter(KafkaOutputs topics, IOutputEncoder encoder)
{
    private readonly ArrayBufferWriter<byte> _value = new(4096);

    public bool WriteOutputs(Outbox outbox, RecordSink send)
    {
        foreach (var trigger in outbox.CartAbandoned)
        {
            encoder.Encode(trigger, _value);
            if (!send(topics.CartAbandonment, -1, Utf8(trigger.CustomerId), TakeValue()))
            {
                return false;
            }
        }

        foreach (var suppressed in outbox.Suppressed)
        {
            encoder.Encode(suppressed, _value);
            if (!send(topics.SuppressedTriggers, -1, Utf8(suppressed.Trigger.CustomerId), TakeValue()))
            {
                return false;
            }
        }

        foreach (var change in outbox.MembershipChanges)
        {
            encoder.Encode(change, _value);
            if (!send(topics.SegmentMembership, -1, Utf8($"{change.CustomerId}/{change.Segment}"), TakeValue()))
            {
                return false;
            }
        }

        foreach (var pane in outbox.ConversionPanes)
        {
            encoder.Encode(pane, _value);
            var key = string.Create(
                CultureInfo.InvariantCulture, $"{pane.WindowMs}/{pane.StartMs}/{pane.Partition}/{pane.Dimension}/{pane.Value}");
            if (!send(topics.ConversionMetrics, -1, Utf8(key), TakeValue()))
            {
                return false;
            }
        }

        return WriteRefused(outbox, send);
    }

    /// <summary>Keeps the order given: what is written of one partition is always a prefix of it.</summary>
    public bool WriteChangelog(List<ChangelogRecord> changelog, RecordSink send)
    {
        foreach (var record in changelog)
        {
            var value = record.Value.IsEmpty ? null : record.Value.ToArray();
            if (!send(topics.Changelog, record.Partition, record.Key.ToArray(), value))
            {
                return false;
            }
        }

        return true;
    }

    private bool WriteRefused(Outbox outbox, RecordSink send)
    {
        foreach (var letter in outbox.DeadLetters)
        {
            encoder.Encode(letter, _value);
            if (!send(topics.DeadLetters, -1, letter.Key.IsEmpty ? null : letter.Key.ToArray(), TakeValue()))
            {
                return false;
            }
        }

        foreach (var late in outbox.LateEvents)
        {
            encoder.Encode(late, _value);
            if (!send(topics.LateEvents, -1, Utf8(late.CustomerId), TakeValue()))
            {
                return false;
            }
        }

        return true;
    }

    private byte[] TakeValue()
    {
        var value = _value.WrittenSpan.ToArray();
        _value.ResetWrittenCount();
        return value;
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
