using System.Diagnostics;
using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Cli.Train;

/// <summary>Builds and trains a model that forecasts a series.</summary>
/// <param name="request">How.</param>
/// <param name="task">On what.</param>
internal sealed class Forecaster(TrainRequest request, SeriesTask task)
{
    private readonly Sequential _layers = Layers(request, task.Table.Features);

    private readonly Masking? _masking = request.Missing == MissingPolicy.Mask ? new Masking() : null;

    /// <summary>The model before training, as its file will have it: to learn early whether it can be written.</summary>
    public ModelDefinition Untrained =>
        task.Scale.Wrap(_layers.ToDefinition(ModelOutput.LastStep, _masking), request.Horizon);

    /// <summary>The model to train; the caller disposes it.</summary>
    public TrainableModel<float> CreateModel()
    {
        var options = new TrainingOptions { Threads = request.Threads, GemmProvider = request.Gemm };
        TrainableModel<float> model = _layers.ToModel(ModelOutput.LastStep, _masking, options);
        model.Compile(Optimizer(), new MeanSquaredError());
        return model;
    }

    /// <summary>Trains.</summary>
    /// <param name="model">The model.</param>
    /// <param name="checkpoint">What it goes on from; null to begin.</param>
    /// <param name="callbacks">What is called on the way.</param>
    /// <param name="progress">What is told how far it is; null for nothing.</param>
    /// <exception cref="TrainingDivergedException">A loss or gradient was not finite.</exception>
    /// <exception cref="OperationCanceledException">A callback has ended it.</exception>
    public TrainResult Train(
        TrainableModel<float> model,
        TrainingCheckpoint? checkpoint,
        IEnumerable<Callback> callbacks,
        IProgress<TrainingProgress>? progress)
    {
        EarlyStopping? stopping = request.Patience is { } patience
            ? new EarlyStopping(patience: patience, restoreBestWeights: true)
            : null;
        int done = 0;
        var fit = new FitOptions<float>
        {
            Epochs = request.Epochs,
            BatchSize = request.Batch,
            Seed = (ulong)request.Seed,
            ValidationData = task.Validation is { } validation ? (validation.ScaledX, validation.ScaledY) : null,
            Callbacks =
            [
                new EpochCallback((_, _) => done++),
                .. stopping is null ? Array.Empty<Callback>() : [stopping],
                .. callbacks,
            ],
            Progress = progress,
            Resume = checkpoint,
        };
        long begin = Stopwatch.GetTimestamp();
        History history = model.Fit(task.Train.ScaledX, task.Train.ScaledY, fit);
        return new TrainResult
        {
            History = history,
            Elapsed = Stopwatch.GetElapsedTime(begin),
            EpochsBefore = history.Epochs - done,
            BestEpoch = stopping?.BestEpoch,
            Stopped = stopping?.StoppedEpoch is not null,
            ParameterCount = model.ParameterCount,
            Definition = task.Scale.Wrap(model.ToDefinition(), request.Horizon),
            Test = model.Predict(task.Test.ScaledX),
        };
    }

    private static Sequential Layers(TrainRequest request, int features)
    {
        Sequential layers = new(features, (ulong)request.Seed);
        float dropout = (float)request.Dropout;
        for (int i = 0; i < request.Layers; i++)
        {
            if (i > 0 && dropout > 0)
            {
                layers.Dropout(dropout);
            }

            _ = request.Cell switch
            {
                "lstm" => layers.Lstm(request.Hidden),
                "gru" => layers.Gru(request.Hidden),
                _ => layers.SimpleRnn(request.Hidden),
            };
        }

        return (dropout > 0 ? layers.Dropout(dropout) : layers).Dense(features * request.Horizon);
    }

    private Optimizer Optimizer() => request.Optimizer switch
    {
        "adam" => new Adam(request.Rate) { GlobalClipNorm = request.Clip },
        "adamw" => new AdamW(request.Rate) { GlobalClipNorm = request.Clip },
        "rmsprop" => new RmsProp(request.Rate) { GlobalClipNorm = request.Clip },
        _ => new Sgd(request.Rate, momentum: 0.9) { GlobalClipNorm = request.Clip },
    };
}
