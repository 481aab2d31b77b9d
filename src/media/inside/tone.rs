//! High dynamic range mapped to the standard range of a screen.
//!
//! Pure arithmetic on planes. The mapping is method A of Report ITU-R BT.2446-1 (1000 cd/m² to 100 cd/m²),
//! followed by the conversion of colours from BT.2020 to BT.709. It is computed once for a grid of luma and
//! chroma values; between its points is interpolated, because the formulas take some hundred nanoseconds
//! a pixel.

use ffmpeg_next::{color, frame};

use crate::frame::Layout;
use crate::inside::raw;

/// How brightness is written in a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As screens take it.
    Standard,
    /// Perceptual quantizer (SMPTE ST 2084), as HDR10 has it.
    Quantizer,
    /// Hybrid log-gamma (ARIB STD-B67), as phones and broadcasters have it.
    HybridLog,
}

impl Tone {
    /// As the frame's metadata says.
    pub(crate) fn of(frame: &frame::Video) -> Self {
        match frame.color_transfer_characteristic() {
            color::TransferCharacteristic::SMPTE2084 => Self::Quantizer,
            color::TransferCharacteristic::ARIB_STD_B67 => Self::HybridLog,
            _ => Self::Standard,
        }
    }
}

/// The brightness that the mapping takes for the brightest, cd/m²; what films are mastered for.
const PEAK: f64 = 1000.0;
/// The brightness of white on a screen of standard range, cd/m².
const WHITE: f64 = 100.0;

const LUMA_STEPS: usize = 64;
const CHROMA_STEPS: usize = 16;
const LUMA_SHIFT: u32 = 4;
const CHROMA_SHIFT: u32 = 6;
const ACROSS: usize = CHROMA_STEPS + 1;
const NODES: usize = (LUMA_STEPS + 1) * ACROSS * ACROSS;

/// The mapping for films of one tone: 10 bits of limited-range BT.2020 to 8 bits of limited-range BT.709.
pub(crate) struct ToneMap {
    tone: Tone,
    /// Luma and chroma at each point of the grid, in 1/64 of an 8-bit step. Luma varies fastest.
    nodes: Vec<[i32; 3]>,
}

impl ToneMap {
    pub(crate) fn new(tone: Tone) -> Self {
        let mut nodes = Vec::with_capacity(NODES);
        for v in 0..ACROSS {
            for u in 0..ACROSS {
                for y in 0..=LUMA_STEPS {
                    let code = |step: usize, shift: u32| (step << shift) as f64;
                    let mapped = map(
                        tone,
                        [
                            code(y, LUMA_SHIFT),
                            code(u, CHROMA_SHIFT),
                            code(v, CHROMA_SHIFT),
                        ],
                    );
                    nodes.push(mapped.map(|value| (value * 64.0).round() as i32));
                }
            }
        }
        Self { tone, nodes }
    }

    pub(crate) fn is_for(&self, tone: Tone) -> bool {
        self.tone == tone
    }

    /// Maps I420 with 10 bits into I420 of the same size.
    pub(crate) fn run(&self, from: &frame::Video, to: &mut frame::Video) {
        let (width, height) = (from.width(), from.height());
        let source = |index| {
            let (row, rows) = Layout::I010.plane_size(index, width, height);
            raw::plane(from, index, row, rows)
        };
        let (Some(luma), Some(u), Some(v)) = (source(0), source(1), source(2)) else {
            return;
        };
        let sample = |plane: &raw::Plane<'_>, x: usize, y: usize| {
            let at = y * plane.stride + 2 * x;
            let bytes = plane.bytes.get(at..at + 2).unwrap_or(&[0, 0]);
            u32::from(u16::from_le_bytes([bytes[0], bytes[1]])).min(1023)
        };
        let mut chroma = Vec::new();
        let (wide, high) = (width as usize, height as usize);
        {
            let (row, rows) = Layout::I420.plane_size(0, width, height);
            let Some((bytes, stride)) = raw::plane_mut(to, 0, row, rows) else {
                return;
            };
            for block_y in 0..high.div_ceil(2) {
                for block_x in 0..wide.div_ceil(2) {
                    let (u, v) = (sample(&u, block_x, block_y), sample(&v, block_x, block_y));
                    let column = self.column(u, v);
                    let mut sum = 0;
                    let mut count = 0;
                    for y in 2 * block_y..(2 * block_y + 2).min(high) {
                        for x in 2 * block_x..(2 * block_x + 2).min(wide) {
                            let code = sample(&luma, x, y);
                            sum += code;
                            count += 1;
                            if let Some(target) = bytes.get_mut(y * stride + x) {
                                *target = eight_bits(column.at(code, 0));
                            }
                        }
                    }
                    let mean = sum / count.max(1);
                    chroma.push((
                        eight_bits(column.at(mean, 1)),
                        eight_bits(column.at(mean, 2)),
                    ));
                }
            }
        }
        for (index, pick) in [(1, 0), (2, 1)] {
            let (row, rows) = Layout::I420.plane_size(index, width, height);
            let Some((bytes, stride)) = raw::plane_mut(to, index, row, rows) else {
                return;
            };
            for (row_bytes, values) in bytes.chunks_mut(stride).zip(chroma.chunks(row)) {
                for (target, pair) in row_bytes.iter_mut().zip(values) {
                    *target = [pair.0, pair.1][pick];
                }
            }
        }
    }

    /// The four columns of luma around a chroma value, with their weights.
    fn column(&self, u: u32, v: u32) -> Column<'_> {
        let (left, right) = (u >> CHROMA_SHIFT, u & ((1 << CHROMA_SHIFT) - 1));
        let (top, down) = (v >> CHROMA_SHIFT, v & ((1 << CHROMA_SHIFT) - 1));
        let whole = 1 << CHROMA_SHIFT;
        let at = |du: u32, dv: u32| {
            let first = ((top + dv) as usize * ACROSS + (left + du) as usize) * (LUMA_STEPS + 1);
            self.nodes.get(first..first + LUMA_STEPS + 1).unwrap_or(&[])
        };
        let weight = |a: u32, b: u32| (a * b).cast_signed();
        Column([
            (at(0, 0), weight(whole - right, whole - down)),
            (at(1, 0), weight(right, whole - down)),
            (at(0, 1), weight(whole - right, down)),
            (at(1, 1), weight(right, down)),
        ])
    }
}

struct Column<'a>([(&'a [[i32; 3]], i32); 4]);

impl Column<'_> {
    /// Component `index` at a luma code, in 1/64 of a step.
    fn at(&self, luma: u32, index: usize) -> i32 {
        let (low, part) = (
            (luma >> LUMA_SHIFT) as usize,
            (luma & ((1 << LUMA_SHIFT) - 1)).cast_signed(),
        );
        let node = |at: usize| -> i32 {
            self.0
                .iter()
                .map(|(column, weight)| column.get(at).map_or(0, |values| values[index]) * weight)
                .sum::<i32>()
                >> (2 * CHROMA_SHIFT)
        };
        let (a, b) = (node(low), node(low + 1));
        a + (((b - a) * part) >> LUMA_SHIFT)
    }
}

fn eight_bits(value: i32) -> u8 {
    // Clamped, so nothing is lost.
    ((value + 32) >> 6).clamp(0, 255) as u8
}

/// A colour of 10 bits mapped to one of 8, in steps of 8 bits.
fn map(tone: Tone, [y, u, v]: [f64; 3]) -> [f64; 3] {
    let luma = (y - 64.0) / 876.0;
    let (cb, cr) = ((u - 512.0) / 896.0, (v - 512.0) / 896.0);
    // BT.2020, non-constant luminance.
    let red = luma + 1.4746 * cr;
    let blue = luma + 1.8814 * cb;
    let green = luma - 0.164_553 * cb - 0.571_353 * cr;
    let light = match tone {
        Tone::HybridLog => hybrid_log_light([red, green, blue]),
        Tone::Quantizer | Tone::Standard => [red, green, blue].map(quantizer_light),
    };
    let [red, green, blue] = standard_2020(light.map(|light| (light / PEAK).clamp(0.0, 1.0)));
    let linear = [red, green, blue].map(|value| value.clamp(0.0, 1.0).powf(2.4));
    let [red, green, blue] = to_709(linear).map(|value| value.clamp(0.0, 1.0).powf(1.0 / 2.4));
    let luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    [
        16.0 + 219.0 * luma,
        128.0 + 224.0 * (blue - luma) / 1.8556,
        128.0 + 224.0 * (red - luma) / 1.5748,
    ]
}

/// Light in cd/m² of a code from 0 to 1 (SMPTE ST 2084).
fn quantizer_light(code: f64) -> f64 {
    const M1: f64 = 2610.0 / 16384.0;
    const M2: f64 = 2523.0 / 4096.0 * 128.0;
    const C1: f64 = 3424.0 / 4096.0;
    const C2: f64 = 2413.0 / 4096.0 * 32.0;
    const C3: f64 = 2392.0 / 4096.0 * 32.0;
    let power = code.clamp(0.0, 1.0).powf(1.0 / M2);
    10_000.0 * ((power - C1).max(0.0) / (C2 - C3 * power)).powf(1.0 / M1)
}

/// Light in cd/m² on a screen of [`PEAK`] of codes from 0 to 1 (Recommendation ITU-R BT.2100).
fn hybrid_log_light(codes: [f64; 3]) -> [f64; 3] {
    const A: f64 = 0.178_832_77;
    const B: f64 = 0.284_668_92;
    const C: f64 = 0.559_910_73;
    let scene = codes.map(|code| {
        let code = code.clamp(0.0, 1.0);
        if code <= 0.5 {
            code * code / 3.0
        } else {
            (((code - C) / A).exp() + B) / 12.0
        }
    });
    let luminance = 0.2627 * scene[0] + 0.678 * scene[1] + 0.0593 * scene[2];
    // System gamma 1.2 for a screen of 1000 cd/m².
    let gain = PEAK * luminance.max(1e-9).powf(0.2);
    scene.map(|light| light * gain)
}

/// Method A of BT.2446-1: light from 0 to 1 of [`PEAK`] to gamma-coded R, G, B of standard range.
fn standard_2020(light: [f64; 3]) -> [f64; 3] {
    let [red, green, blue] = light.map(|light| light.powf(1.0 / 2.4));
    let luma = 0.2627 * red + 0.678 * green + 0.0593 * blue;
    if luma <= 0.0 {
        return [0.0; 3];
    }
    let high = 1.0 + 32.0 * (PEAK / 10_000.0_f64).powf(1.0 / 2.4);
    let perceived = (1.0 + (high - 1.0) * luma).ln() / high.ln();
    let curved = match perceived {
        low if low <= 0.7399 => 1.0770 * low,
        middle if middle < 0.9909 => -1.1510 * middle * middle + 2.7811 * middle - 0.6302,
        rest => 0.5 * rest + 0.5,
    };
    let standard = 1.0 + 32.0 * (WHITE / 10_000.0_f64).powf(1.0 / 2.4);
    let mapped = (standard.powf(curved) - 1.0) / (standard - 1.0);
    let scale = mapped / (1.1 * luma);
    let cb = scale * (blue - luma) / 1.8814;
    let cr = scale * (red - luma) / 1.4746;
    let luma = mapped - (0.1 * cr).max(0.0);
    [
        luma + 1.4746 * cr,
        luma - 0.164_553 * cb - 0.571_353 * cr,
        luma + 1.8814 * cb,
    ]
}

/// Linear BT.2020 to linear BT.709 (Report ITU-R BT.2407).
fn to_709([red, green, blue]: [f64; 3]) -> [f64; 3] {
    [
        1.6605 * red - 0.5876 * green - 0.0728 * blue,
        -0.1246 * red + 1.1329 * green - 0.0083 * blue,
        -0.0182 * red - 0.1006 * green + 1.1187 * blue,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(tone: Tone, code: f64) -> f64 {
        let [y, u, v] = map(tone, [code, 512.0, 512.0]);
        assert!(
            (u - 128.0).abs() < 0.6 && (v - 128.0).abs() < 0.6,
            "{u} {v}"
        );
        y
    }

    #[test]
    fn brightness_keeps_its_order_and_its_ends() {
        for tone in [Tone::Quantizer, Tone::HybridLog] {
            assert!((grey(tone, 64.0) - 16.0).abs() < 0.5);
            let levels: Vec<f64> = (64..=940).map(|code| grey(tone, f64::from(code))).collect();
            assert!(levels.windows(2).all(|pair| pair[1] >= pair[0] - 1e-9));
            assert!((levels[876] - 235.0).abs() < 1.0, "{}", levels[876]);
        }
    }

    #[test]
    fn paper_white_stays_bright() {
        // 203 cd/m² is the white of a page in HDR (Report ITU-R BT.2408): code 0.5807 of the quantizer, 0.75
        // of hybrid log-gamma.
        for (tone, code) in [(Tone::Quantizer, 0.5807), (Tone::HybridLog, 0.75)] {
            let white = grey(tone, 64.0 + 876.0 * code);
            assert!((165.0..220.0).contains(&white), "{tone:?}: {white}");
        }
    }

    #[test]
    fn the_grid_is_close_to_the_formulas() {
        let map_of = ToneMap::new(Tone::Quantizer);
        let (mut sum, mut count) = (0.0, 0.0);
        // On average: the purest colours of BT.2020 lie outside BT.709 and are cut off, with an edge that no grid
        // follows.
        let code = |luma: f64, chroma: f64| (64.0 + 876.0 * luma, 512.0 + 896.0 * chroma);
        let steps = || (1..8).map(|step| f64::from(step) / 10.0);
        for (red, green, blue) in steps().flat_map(|red| {
            steps().flat_map(move |green| steps().map(move |blue| (red, green, blue)))
        }) {
            let luma = 0.2627 * red + 0.678 * green + 0.0593 * blue;
            let (y, u) = code(luma, (blue - luma) / 1.8814);
            let (_, v) = code(luma, (red - luma) / 1.4746);
            let [y, u, v] = [y, u, v].map(f64::round);
            let exact = map(Tone::Quantizer, [y, u, v]);
            let near = map_of.column(u as u32, v as u32).at(y as u32, 0);
            sum += (exact[0] - f64::from(near) / 64.0).abs();
            count += 1.0;
        }
        assert!(sum / count < 2.0, "{}", sum / count);
    }
}
