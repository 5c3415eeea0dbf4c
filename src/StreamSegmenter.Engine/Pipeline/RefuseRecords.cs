using System.Reactive.Linq;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Events;

namespace StreamSegmenter.Engine.Pipeline;

internal static class RefuseRecordsOperator
{
    /// <summary>Puts what could not be read, or must not be believed, on its way to the dead letters. A bad record is a value,
    /// not an error of the stream, which goes on; what could be read of a record is applied.</summary>
    public static IObservable<PolledRecords> RefuseRecords(this IObservable<PolledRecords> source, LaneContext lane) =>
        source.Do(polled =>
        {
            foreach (var letter in polled.Refused)
            {
                if (lane.TryAcceptLetter(letter, out var input))
                {
                    (letter.Kind == DeadLetterKind.Partial ? lane.Counters.DeadLettersPartial : lane.Counters.DeadLettersUnreadable)[input]++;
                }
            }

            foreach (var letter in polled.AheadOfClock)
            {
                if (lane.TryAcceptLetter(letter, out var input))
                {
                    lane.Counters.DeadLettersClockSkew[input]++;
                }
            }
        });
}
