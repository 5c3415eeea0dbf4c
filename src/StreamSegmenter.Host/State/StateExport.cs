using System.Text;
using StreamSegmenter.Customers;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Folding;
using StreamSegmenter.Runtime.Configuration;

namespace StreamSegmenter.Host.State;

/// <summary>Gathers one partition's state after another and writes it, a line per key, in the order of the keys.</summary>
internal sealed class StateExport(StreamSegmenterConfiguration configuration, string? customer, TextWriter output) : IRestoreTarget
{
    private readonly byte[]? _only = customer is null ? null : [StateKey.Customer, .. Encoding.UTF8.GetBytes(customer)];
    private readonly CustomerFold _fold = new(configuration.Definitions, configuration.Segments);
    private readonly SortedDictionary<byte[], byte[]> _state = new(new ByteOrder());
    private int? _partition;

    public long Customers { get; private set; }

    public IRestoreTarget Begin(int partition)
    {
        _state.Clear();
        _partition = partition;
        return this;
    }

    public void Apply(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            _state.Remove(key.ToArray());
        }
        else if (_only is null || key.SequenceEqual(_only) || key[0] == StateKey.Layout)
        {
            _state[key.ToArray()] = value.ToArray();
        }
    }

    public void Write(int partition)
    {
        var layouts = new RecordLayouts(_fold.Layout);
        foreach (var (key, value) in _state)
        {
            if (key[0] == StateKey.Layout)
            {
                layouts.Add(value);
            }
        }

        foreach (var (key, value) in _state)
        {
            if (key[0] == StateKey.Customer)
            {
                Customers++;
                output.WriteLine(StateLine.OfCustomer(partition, key, value, _fold, layouts));
            }
            else if (_only is null)
            {
                output.WriteLine(StateLine.OfOther(partition, key, value));
            }
        }

        _state.Clear();
    }

    /// <summary>Writes the partition that was begun last, if any.</summary>
    public void WriteBegun()
    {
        if (_partition is { } partition)
        {
            Write(partition);
            _partition = null;
        }
    }

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
