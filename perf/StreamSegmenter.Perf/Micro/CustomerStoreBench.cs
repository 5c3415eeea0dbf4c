using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Perf.Micro;

/// <summary>Reading and writing back a customer's 256 bytes through the engine's own store.</summary>
public class CustomerStoreBench
{
    private const int Operations = 2_000;
    private const int Customers = 1_000_000;
    private const int LocalCustomers = 20_000;
    private readonly byte[] _key = new byte[13];
    private readonly byte[] _value = new byte[256];
    private readonly Sink _sink = new();
    private CustomerStore _store = null!;
    private string _directory = null!;
    private ulong _random = 1;

    [GlobalSetup]
    public void Fill()
    {
        _directory = Directory.CreateTempSubdirectory("streamsegmenter-perf-").FullName;
        _store = new CustomerStore(_directory, 1L << 30);
        for (var customer = 0; customer < Customers; customer++)
        {
            _store.Upsert(Key(customer), _value);
        }
    }

    [GlobalCleanup]
    public void Delete()
    {
        _store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>A million customers at random: every one a cache miss.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    public long Read_then_upsert_uniform() => Touch(Customers);

    /// <summary>The customers whose sessions are open.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    public long Read_then_upsert_local() => Touch(LocalCustomers);

    private long Touch(int among)
    {
        for (var i = 0; i < Operations; i++)
        {
            var key = Key(Next(among));
            _store.BeginRead(key, i, _sink);
            _store.CompleteReads();
            _store.Upsert(key, _value);
        }

        return _sink.Bytes;
    }

    private ReadOnlySpan<byte> Key(int customer)
    {
        _key[0] = 1;
        BinaryPrimitives.WriteInt64BigEndian(_key.AsSpan(5), customer);
        return _key;
    }

    // Xorshift: cheaper than what is measured.
    private int Next(int among)
    {
        _random ^= _random << 13;
        _random ^= _random >> 7;
        _random ^= _random << 17;
        return (int)(_random % (ulong)among);
    }

    private sealed class Sink : IStateReader
    {
        public long Bytes { get; private set; }

        public void OnValue(int token, ReadOnlySpan<byte> value) => Bytes += value.Length;
    }
}
