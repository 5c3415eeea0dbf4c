using System.Buffers;
using System.Text;
using StreamSegmenter.Events;

namespace StreamSegmenter.Perf.Load;

/// <summary>A topic in memory: per partition the encoded records one behind the other, as a broker would hold them.</summary>
internal sealed class RecordLog
{
    private readonly Partition[] _partitions;

    private RecordLog(int partitions) => _partitions = [.. Enumerable.Range(0, partitions).Select(_ => new Partition())];

    private sealed class Partition
    {
        public ArrayBufferWriter<byte> Bytes { get; } = new(1 << 20);

        public List<int> Ends { get; } = [];
    }

    public int Partitions => _partitions.Length;

    public long Count => _partitions.Sum(partition => (long)partition.Ends.Count);

    public long Bytes => _partitions.Sum(partition => (long)partition.Bytes.WrittenCount);

    public static RecordLog Of(Traffic traffic, long events, int partitions, LoadCodec codec)
    {
        var log = new RecordLog(partitions);
        Span<byte> key = stackalloc byte[64];
        for (var i = 0L; i < events; i++)
        {
            var e = traffic.Next();
            var length = Encoding.UTF8.GetBytes(TrafficJson.CustomerId(e.Customer), key);
            var partition = log._partitions[(int)(KeyHash.Of(key[..length]) % (ulong)partitions)];
            if (codec == LoadCodec.Avro)
            {
                TrafficAvro.Write(in e, partition.Bytes);
            }
            else
            {
                TrafficJson.Write(in e, partition.Bytes);
            }

            partition.Ends.Add(partition.Bytes.WrittenCount);
        }

        return log;
    }

    public int CountOf(int partition) => _partitions[partition].Ends.Count;

    public ReadOnlySpan<byte> this[int partition, int offset]
    {
        get
        {
            var log = _partitions[partition];
            var start = offset == 0 ? 0 : log.Ends[offset - 1];
            return log.Bytes.WrittenSpan[start..log.Ends[offset]];
        }
    }
}
