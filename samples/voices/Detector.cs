using Recurrent;
using Recurrent.Layers;
using Recurrent.Training;

namespace Voices;

/// <summary>The model: a GRU over frames, and the probability that there is a voice.</summary>
internal static class Detector
{
    private const int Units = 24;
    private const int Sounds = 48;
    private const int Seconds = 12;

    /// <summary>Trains it with sounds that are made. Another application would load a file: <c>ModelFile.Load</c>.</summary>
    public static RecurrentModel Train()
    {
        Frames frames = new();
        int steps = Seconds * Frames.SampleRate / Frames.Length;
        float[] x = new float[Sounds * steps * Frames.Bands];
        float[] y = new float[Sounds * steps];
        for (int sound = 0; sound < Sounds; sound++)
        {
            float[] samples = Sound.Make(sound, Seconds, out bool[] isVoice);
            for (int step = 0; step < steps; step++)
            {
                int row = (sound * steps) + step;
                frames.Analyze(samples.AsSpan(step * Frames.Length, Frames.Length), x.AsSpan(row * Frames.Bands, Frames.Bands));
                y[row] = isVoice[step] ? 1 : 0;
            }
        }

        using TrainableModel<float> model = new Sequential(Frames.Bands, seed: 1)
            .Gru(Units)
            .Dense(1, new Activation(ActivationKind.Sigmoid))
            .ToModel(ModelOutput.EveryStep);
        model.Compile(new Adam(5e-3) { GlobalClipNorm = 1 }, new BinaryCrossEntropy());
        model.Fit(
            Sequences.Of<float>(x, Sounds, Frames.Bands),
            y,
            new FitOptions<float> { Epochs = 30, BatchSize = 8, Seed = 1 });
        return RecurrentModel.Create(model.ToDefinition());
    }
}
