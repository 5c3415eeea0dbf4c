using Microsoft.AspNetCore.Components;
using StreamSegmenter.ConsolePages.Live;
using StreamSegmenter.ConsolePages.Texts;

namespace StreamSegmenter.ConsolePages.Components.Parts;

/// <summary>A page that is drawn anew whenever the engine has answered.</summary>
public abstract class LiveComponent : ComponentBase, IDisposable
{
    [Inject]
    protected LiveShop Live { get; set; } = null!;

    [CascadingParameter]
    public required Text T { get; set; }

    protected LiveAnswers Answers => Live.Answers!;

    /// <summary>The engine's clock.</summary>
    protected DateTime Now => Answers.Status.Now;

    protected override void OnInitialized() => Live.Changed += OnChanged;

    public void Dispose()
    {
        Live.Changed -= OnChanged;
        GC.SuppressFinalize(this);
    }

    /// <summary>Asks for what the page alone shows.</summary>
    protected virtual Task AskAsync() => Task.CompletedTask;

    private void OnChanged() => _ = InvokeAsync(async () =>
    {
        await AskAsync();
        StateHasChanged();
    });
}
