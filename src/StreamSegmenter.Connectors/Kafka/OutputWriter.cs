using System.Buffers;
using System.Globalization;
using System.Text;
using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Outputs;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Hands one record to the producer, which copies it; an empty key or value is written as null.</summary>
/// <param name="partition">-1: by the key's hash.</param>
/// <returns>False: the commit has failed, stop.</returns>
internal delegate bool RecordSink(string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

/// <summary>Turns a commit's outputs into records. Keys, all UTF-8:
/// <code>
/// triggers, suppressed     customer
/// late events              customer
/// membership               customer/segment, so that compaction keeps the latest word on each membership
/// conversion metrics       window/start/dimension/value, so that compaction keeps each pane's latest numbers
/// dead letters             the refused record's own key
/// exchange                 none; on the partition of the shard that it is for
/// changelog                the shard's, on the shard's own partition
/// </code></summary>
internal sealed class OutputWriter(KafkaOutputs topics, IOutputEncoder encoder)
{
    private readonly ArrayBufferWriter<byte> _key = new(256);
    private readonly ArrayBufferWriter<byte> _value = new(4096);

    public bool WriteOutputs(Outbox outbox, RecordSink send)
    {
        foreach (var trigger in outbox.CartAbandoned)
        {
            Begin(trigger.CustomerId);
            encoder.Encode(trigger, _value);
            if (!Send(topics.CartAbandonment, send))
            {
                return false;
            }
        }

        foreach (var suppressed in outbox.Suppressed)
        {
            Begin(suppressed.Trigger.CustomerId);
            encoder.Encode(suppressed, _value);
            if (!Send(topics.SuppressedTriggers, send))
            {
                return false;
            }
        }

        foreach (var change in outbox.MembershipChanges)
        {
            Begin(change.CustomerId);
            _key.Write("/"u8);
            Encoding.UTF8.GetBytes(change.Segment, _key);
            encoder.Encode(change, _value);
            if (!Send(topics.SegmentMembership, send))
            {
                return false;
            }
        }

        foreach (var pane in outbox.ConversionPanes)
        {
            Begin(string.Create(
                CultureInfo.InvariantCulture, $"{pane.WindowMs}/{pane.StartMs}/{pane.Dimension}/{pane.Value}"));
            encoder.Encode(pane, _value);
            if (!Send(topics.ConversionMetrics, send))
            {
                return false;
            }
        }

        return WriteRefused(outbox, send);
    }

    /// <summary>Keeps the order given.</summary>
    public bool WriteExchange(List<ExchangeRecord> messages, RecordSink send)
    {
        foreach (var message in messages)
        {
            if (!send(topics.Exchange!, message.Partition, default, message.Value.Span))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Keeps the order given: what is written of one partition is always a prefix of it.</summary>
    public bool WriteChangelog(List<ChangelogRecord> changelog, RecordSink send)
    {
        foreach (var record in changelog)
        {
            if (!send(topics.Changelog, record.Partition, record.Key.Span, record.Value.Span))
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
            Begin("");
            _key.Write(letter.Key.Span);
            encoder.Encode(letter, _value);
            if (!Send(topics.DeadLetters, send))
            {
                return false;
            }
        }

        foreach (var late in outbox.LateEvents)
        {
            Begin(late.CustomerId);
            encoder.Encode(late, _value);
            if (!Send(topics.LateEvents, send))
            {
                return false;
            }
        }

        return true;
    }

    private void Begin(string key)
    {
        _key.ResetWrittenCount();
        _value.ResetWrittenCount();
        Encoding.UTF8.GetBytes(key, _key);
    }

    private bool Send(string topic, RecordSink send) => send(topic, -1, _key.WrittenSpan, _value.WrittenSpan);
}
