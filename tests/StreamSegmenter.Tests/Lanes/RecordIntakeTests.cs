using System.Text;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Events;
using StreamSegmenter.Testing.Reference;

namespace StreamSegmenter.Tests.Lanes;

public sealed class RecordIntakeTests
{
    [Theory]
    [InlineData(StateKey.CustomerKeyBytesMax, 1, true)]
    [InlineData(StateKey.CustomerKeyBytesMax + 1, 1, false)]
    [InlineData(1, StateKey.CustomerKeyBytesMax, true)]
    [InlineData(1, StateKey.CustomerKeyBytesMax + 1, false)]
    public void Keys_that_would_swell_the_state_are_refused(int customerBytes, int cartBytes, bool accepted)
    {
        var polled = new PolledRecords();
        var fact = new Fact(new string('c', customerBytes), 0, EventTypes.ProductAdded) { CartId = new string('k', cartBytes) };
        var record = new SourceRecord { Input = 0, Partition = 0, Offset = 7, Value = "original"u8 };

        Assert.Equal(DecodeStatus.Decoded, RecordIntake.Take(in record, "clicks", new Writes(fact, fact), polled).Status);

        Assert.Equal(accepted ? 2 : 0, polled.Events.Count);
        if (!accepted)
        {
            var letter = Assert.Single(polled.Refused);
            Assert.Equal(("clicks", 7L, "original"), (letter.Source, letter.Offset, Encoding.UTF8.GetString(letter.Value.Span)));
        }
    }

    [Fact]
    public void A_record_with_one_event_ahead_of_the_clock_is_refused_as_a_whole()
    {
        var polled = new PolledRecords { LatestPlausibleMs = 1000 };
        var record = new SourceRecord { Input = 0, Partition = 0, Offset = 7 };
        var decoder = new Writes(new Fact("ann", 999, EventTypes.PageViewed), new Fact("ann", 1001, EventTypes.PageViewed));

        RecordIntake.Take(in record, "clicks", decoder, polled);

        Assert.Equal(0, polled.Events.Count);
        Assert.Single(polled.AheadOfClock);
    }

    private sealed class Writes(params Fact[] facts) : IRecordDecoder
    {
        public DecodeOutcome Decode(in SourceRecord record, EventBatch batch)
        {
            for (var i = 0; i < facts.Length; i++)
            {
                facts[i].Write(batch, record.Input, record.Partition, record.Offset, i);
            }

            return DecodeOutcome.Decoded;
        }
    }
}
