using StreamSegmenter.Conversions;
using StreamSegmenter.Customers;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Tests.Segments;

namespace StreamSegmenter.Tests.Customers;

/// <summary>A customer whose state has grown as large as it may be: most likely a bot.</summary>
public sealed class LargeCustomerTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "large-" + Guid.NewGuid());
    private readonly CustomerRecord _record = new();
    private readonly EventBatch _batch = new();
    private readonly FoldOutput _output = new(new NoPanes());
    private readonly CustomerFold _fold;

    public LargeCustomerTests()
    {
        var definitions = TestDefinitions.Of(TestDefinitions.Euro, ("viewers", "count(product_viewed) >= 1"));
        _fold = new CustomerFold(definitions, definitions.CompileSegments([], [])!);
        _record.Initialize(_fold.Layout);
    }

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    [Fact]
    public void An_event_of_a_customer_whose_state_is_full_is_refused_by_name_and_changes_nothing()
    {
        _record.ResizeSection(SectionKind.Attribute, 9, CustomerRecord.BytesMax);
        var before = _record.Bytes.ToArray();

        Assert.Equal(FoldOutcome.Refused, Send(1_000));

        var problem = Assert.Single(_output.Carts.Problems);
        Assert.Equal("customer-1", problem.CustomerKey);
        Assert.Contains("has more than 786432 bytes", problem.Reason, StringComparison.Ordinal);
        Assert.Contains("longer panes", problem.Reason, StringComparison.Ordinal);
        Assert.Equal(before, _record.Bytes.ToArray());
    }

    [Fact]
    public void Once_there_is_room_again_its_events_count_again()
    {
        _record.ResizeSection(SectionKind.Attribute, 9, CustomerRecord.BytesMax);
        Send(1_000);
        _record.ResizeSection(SectionKind.Attribute, 9, 0);

        Assert.Equal(FoldOutcome.Applied, Send(2_000));
        Assert.Equal(1u, _record.Header.Sessions);
        Assert.Equal("viewers", Assert.Single(_output.MembershipChanges).Segment);
    }

    [Fact]
    public void The_largest_record_and_the_largest_event_on_top_of_it_fit_into_the_store()
    {
        using var store = new CustomerStore(_directory, 8 << 20);
        var key = new byte[StateKey.BytesMax];
        var value = new byte[CustomerRecord.BytesMax + EventBatch.EventBytesMax + 4096];
        new Random(1).NextBytes(value);
        for (var i = 0; i < 20; i++)
        {
            key[0] = (byte)i;
            store.Upsert(key, value);
        }

        key[0] = 0;
        Assert.True(store.TryRead(key, out var read));
        Assert.Equal(value, read.ToArray());
    }

    private FoldOutcome Send(long timeMs)
    {
        _batch.Clear();
        new Event().Write(_batch, "product_viewed", timeMs);
        return _fold.Apply(_record, "bot"u8, in _batch[0], _batch, _output);
    }

    private sealed class NoPanes : IConversionPanes
    {
        public bool IsOpen(PaneKey key, long eventTimeMs) => false;

        public ref PaneCounts Open(PaneKey key, ReadOnlySpan<byte> value) => throw new NotSupportedException();
    }
}
